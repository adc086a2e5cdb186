/** What the six instruments share: the types of labelled ones, and the constructor of all. */

import { show } from '../../model/error.ts';
import type { Collector, MetricType } from '../../model/family.ts';
import type { LabelNames, Labels, LabelValue } from '../../model/labels.ts';
import { askChild } from '../children/asked-children.ts';
import { AnyChild, type Metric } from '../children/child.ts';
import { refuseChildMethods } from '../children/child-methods.ts';
import { showWhereInspected } from '../children/inspection.ts';
import { LabelledMetric } from '../children/labelled.ts';
import { Declaration, type Kind } from '../declaration/declaration.ts';
import type { DeclarationOptions, InstrumentOptions } from '../declaration/instrument-options.ts';
import { REGISTRY } from '../registry/default-registry.ts';

/** What a labelled metric has, whatever its type. */
export interface Instrument extends Metric {
  /** The type that is exposed. */
  readonly type: MetricType;
  /** The names of its labels, in the order in which `labels()` takes their values. */
  readonly labelNames: readonly string[];
  /** How many children there are. */
  readonly childCount: number;
  /** Removes all children: what they counted is gone, and kept ones count on unseen. */
  clear(): void;
}

/** Never there. Ties a metric to its label names exactly: neither more of them nor fewer. */
declare const NAMES: unique symbol;

/** Of no label anything is known. */
export type Nothing = Readonly<Record<never, never>>;

/** Label values by name, of which some may be known and some have defaults. */
type GivenLabels<Name extends string, Values, Default extends string> = [Default] extends [never]
  ? { readonly [K in Name]: ValueOf<K, Values> }
  : { readonly [K in Exclude<Name, Default>]: ValueOf<K, Values> } & {
      readonly [K in Name & Default]?: ValueOf<K, Values>;
    };

/** The values that a label can have: any, or those that were declared, numbers as text too. */
type ValueOf<Name extends string, Values> = Name extends keyof Values
  ? Values[Name] extends readonly (infer Value extends LabelValue)[]
    ? Value | `${Value}`
    : LabelValue
  : LabelValue;

/** Which children: those with these values, or those of which the function says true. */
type Matching<Name extends string> =
  | { readonly [K in Name]?: LabelValue }
  | ((labels: { readonly [K in Name]: string }) => boolean);

/** A labelled metric of which only the label names are known, not their order: used by name. */
export interface LabelledByName<Child, Name extends string> extends Instrument {
  readonly labelNames: readonly Name[];
  readonly [NAMES]?: (name: Name) => Name;
  /**
   * Returns the child with these label values, made on the first call and the same ever after.
   *
   * @throws {TypeError} When a label is missing, unknown, or neither string nor number.
   * @throws {RangeError} When a value is not among those that were declared.
   */
  readonly labels: (labels: Labels<Name>) => Child;
  /** Removes the child with these label values. False when there was none. */
  readonly remove: (labels: Labels<Name>) => boolean;
  /** Removes all children with these values, or of which the function says true. Returns how many. */
  readonly removeMatching: (matching: Matching<Name>) => number;
}

/** A labelled metric: `labels()` fills in the values and returns the child that counts. */
export interface Labelled<
  Child,
  Names extends readonly string[],
  Values = Nothing,
  Default extends string = never,
> extends Instrument {
  readonly labelNames: Readonly<Names>;
  readonly [NAMES]?: (name: Names[number]) => Names[number];
  // On each of the two ways to call it, which is where editors look.
  readonly labels: {
    /**
     * Returns the child with these label values, made on the first call and the same ever after. By
     * position it is found faster than by name. Keep the child where it is used often.
     *
     * A value is a string or a number; half a surrogate pair in it becomes U+FFFD. Where there are
     * more children than the metric may have, it is the child for the rest, see `maxChildren`.
     *
     * @throws {TypeError} When a label is missing, unknown, or neither string nor number.
     * @throws {RangeError} When a value is not among those that were declared.
     */
    (labels: GivenLabels<Names[number], Values, Default>): Child;
    /**
     * Returns the child with these label values, in the order of the label names, made on the first
     * call and the same ever after. Keep the child where it is used often.
     *
     * A value is a string or a number; half a surrogate pair in it becomes U+FFFD. Where there are
     * more children than the metric may have, it is the child for the rest, see `maxChildren`.
     *
     * @throws {TypeError} When a value is missing or too many, or neither string nor number.
     * @throws {RangeError} When a value is not among those that were declared.
     */
    (...values: { readonly [I in keyof Names]: ValueOf<Names[I], Values> }): Child;
  };
  /**
   * Makes the children of all combinations of these values, so that they are shown before they
   * count. A label whose values were declared can be left out.
   *
   * @throws {TypeError} When a label is missing or unknown, or a value neither string nor number.
   * @throws {RangeError} When a value is not among those that were declared, or there are more
   * combinations than `maxChildren`.
   */
  readonly initialize: (
    values: {
      readonly [K in Exclude<Names[number], keyof Values>]: readonly LabelValue[];
    } & { readonly [K in Names[number] & keyof Values]?: readonly ValueOf<K, Values>[] },
  ) => void;
  readonly remove: {
    /** Removes the child with these label values. False when there was none. */
    (labels: GivenLabels<Names[number], Values, Default>): boolean;
    /** Removes the child with these label values, in the order of the label names. False when there was none. */
    (...values: { readonly [I in keyof Names]: ValueOf<Names[I], Values> }): boolean;
  };
  /**
   * Removes all children that have these values, whatever their other labels, or of which the
   * function says true. Returns how many there were.
   *
   * @throws {TypeError} When no label is given, which `clear()` is for, or an unknown one.
   */
  readonly removeMatching: (matching: Matching<Names[number]>) => number;
}

/** The type of a field that holds a metric with the label names `Names`; `never` is without. */
export type Shape<Child, Names extends LabelNames> = [Names] extends [never]
  ? Child
  : [Names] extends [readonly string[]]
    ? Labelled<Child, Names>
    : LabelledByName<Child, Names & string>;

/** The options that tell of labels. */
export interface LabelledOptions<Names extends readonly string[], Values, Default> {
  /**
   * The names of the labels, whose values tell the metric's children apart. Any text is one that does
   * not begin with `__` and is not the type's own, such as a histogram's `le`; where a scraper knows
   * no others than those of letters, digits and `_`, it is escaped as the metric's name is.
   */
  readonly labelNames?: readonly [...Names];
  /**
   * All values that a label can have, by its name. Another value does not compile, and throws. Where
   * every label has such a list, all children are there from the beginning, at 0.
   */
  readonly labelValues?: Values & { readonly [K in Exclude<keyof Values, Names[number]>]: never };
  /** What stands for labels that `labels({ … })` is not given. */
  readonly labelDefaults?: Default & {
    readonly [K in Exclude<keyof Default, Names[number]>]: never;
  };
}

/** The constructor of one type of instrument. */
export interface InstrumentConstructor<Child, Options> {
  /**
   * Declares a metric and registers it.
   *
   * @throws {TypeError} When an option is missing, unknown or of the wrong type.
   * @throws {RangeError} When an option's value is not allowed, such as an empty name.
   * @throws {AlreadyRegisteredError} When the registry has a metric that uses the name.
   */
  new <
    const Names extends readonly string[] = [],
    const Values extends { readonly [name: string]: readonly LabelValue[] } = Nothing,
    const Default extends { readonly [name: string]: LabelValue } = Nothing,
  >(
    options: Options & LabelledOptions<Names, Values, Default>,
  ): Names extends readonly [] ? Child : Labelled<Child, Names, Values, keyof Default & string>;
  readonly prototype: Child;
}

/**
 * Makes the constructor of one type from the class of its children: the one cast that the six share.
 *
 * It is given the class itself, whose properties a bundler would take for getters, and keep the type
 * in programs without it.
 *
 * @param base - The class that all children are of, where there are several classes of them.
 */
export function instrumentConstructor<C extends AnyChild, Constructor>(
  { kind, prototype: own }: { readonly kind: Kind<C>; readonly prototype: C },
  base: { readonly prototype: AnyChild } = { prototype: own },
): Constructor {
  const { prototype } = base;
  const name = kind.word.charAt(0).toUpperCase() + kind.word.slice(1);
  function construct(options: InstrumentOptions): unknown {
    if (new.target === undefined) {
      throw new TypeError(
        `${kind.word}: called as a function, expected new ${name}(…), got ${name}(…)`,
      );
    }
    return create(kind, prototype, options);
  }
  Object.defineProperty(construct, 'name', { value: name });
  Object.defineProperty(construct, 'prototype', { value: prototype, writable: false });
  Object.defineProperty(prototype, 'constructor', { value: construct, configurable: true });
  return construct as unknown as Constructor;
}

function create(kind: Kind<unknown>, prototype: object, options: DeclarationOptions): Collector {
  const registry = options?.registry === undefined ? REGISTRY : options.registry;
  if (
    typeof registry !== 'object' ||
    (registry !== null && typeof registry.root?.register !== 'function')
  ) {
    throw new TypeError(
      `${kind.word} ${show(options.name)}: no registry, expected a CollectorRegistry or null, got ${show(registry)}`,
    );
  }
  const declaration = new Declaration(kind, options, registry);
  const labelled = declaration.family.labelNames.length > 0;
  // Not where this file is loaded, which every import of this package would wait for.
  if (labelled) {
    refuseChildMethods(LabelledMetric.prototype);
    showWhereInspected(LabelledMetric.prototype);
  }
  showWhereInspected(AnyChild.prototype);
  const metric = labelled
    ? new LabelledMetric<unknown>(declaration, prototype)
    : (declaration.kind.create(declaration, []) as AnyChild);
  if (options.callback !== undefined) askChild(metric, declaration, options.callback);
  try {
    if (metric instanceof LabelledMetric && declaration.rules.known.every((known) => known)) {
      metric.initialize({});
    }
    // The root, since its name has the prefix of a view by now.
    registry?.root.register(metric);
  } catch (error) {
    // A metric that is refused leaves no series behind.
    metric.withdraw();
    throw error;
  }
  return metric;
}
