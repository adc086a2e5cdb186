/** The types that tie a metric's label names to the values its `labels()` asks for. */

/** A label's value. Numbers are written as JavaScript writes them: `200` is `"200"`. */
export type LabelValue = string | number;

/** A metric's label names: a union says which, a tuple says which and in what order. */
export type LabelNames = string | readonly string[];

/** Label values by name, as `labels({ … })` takes them. */
export type Labels<Name extends string = string> = { readonly [K in Name]: LabelValue };

/** Label values by position, as `labels('GET', 200)` takes them. */
export type LabelValues<Names extends readonly string[]> = {
  readonly [I in keyof Names]: LabelValue;
};

/** A label with its value. */
export type Pair = readonly [name: string, value: string];

/** Labels with their values, in the order they are written. */
export type Pairs = readonly Pair[];
