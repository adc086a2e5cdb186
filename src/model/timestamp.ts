/** The time of a sample or an exemplar. */

/** Unix time: seconds, or seconds with nanoseconds where a float would lose them. */
export type Timestamp = number | { readonly seconds: number; readonly nanos: number };
