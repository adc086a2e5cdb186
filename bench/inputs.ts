/** What contenders are fed with: the same for each, the same in every run, and varied within one. */

/** Label names of a service's request metric. */
export const LABEL_NAMES = ['method', 'route', 'status'] as const;

/** Values of {@linkcode LABEL_NAMES}. */
export interface Values {
  readonly method: string;
  readonly route: string;
  readonly status: string;
}

/** 64 combinations of 4 × 4 × 4 values, shuffled. */
export const COMBINATIONS: readonly Values[] = shuffled(
  product(['GET', 'PUT', 'POST', 'DELETE'], numbered('/route/', 4), numbered('20', 4)),
);

/**
 * 8192 values from 1 ms to 20 s, as many between 1 and 2 as between 2 and 4: all buckets are met, in an
 * order too long for a processor to learn.
 */
export const DURATIONS: readonly number[] = shuffled(
  Array.from({ length: 8192 }, (_, i) => 0.001 * 20_000 ** (i / 8191)),
);

/** 8192 values from 1 ms to 1000 s, spread and shuffled in the same way. */
export const SIX_DECADES: readonly number[] = shuffled(
  Array.from({ length: 8192 }, (_, i) => 0.001 * 1e6 ** (i / 8191)),
);

/** Bounds of as many buckets, beside the one for +Inf, over the range of {@linkcode DURATIONS}. */
export function bounds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 0.002 * 10_000 ** (i / count));
}

/** How many series the large registries have. */
export const MANY = 100_000;

/**
 * 2 × 12,500 × 4 values: a method, a customer, a status; more or fewer customers where another `count` of
 * series is wanted. Customers of another `prefix` are others.
 */
export function mixedShape(prefix = '/customers/', count: number = MANY): readonly Values[] {
  return product(['GET', 'POST'], numbered(prefix, count / 8), numbered('20', 4));
}

/** A first value of its own for each series, as for user ids. Users of another `prefix` are others. */
export function uniqueFirst(prefix = 'user-'): readonly Values[] {
  return numbered(prefix, MANY).map((method) => ({ method, route: '/', status: '200' }));
}

function product(methods: string[], routes: string[], statuses: string[]): Values[] {
  return methods.flatMap((method) =>
    routes.flatMap((route) => statuses.map((status) => ({ method, route, status }))),
  );
}

// By way of bytes, since V8 keeps a concatenation as its two halves until somebody reads it, and whoever
// does would pay for it.
function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(`${prefix}${i}`, 'latin1').toString('latin1'),
  );
}

function shuffled<Item>(items: Item[]): Item[] {
  let seed = 1;
  for (let i = items.length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const j = seed % (i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
