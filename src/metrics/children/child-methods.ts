/** What children can do, which a metric with labels refuses by name. */

/** The methods of children, of one type or another. */
export const CHILD_METHODS = [
  'inc',
  'dec',
  'set',
  'observe',
  'info',
  'state',
  'reset',
  'startTimer',
  'time',
  'trackInProgress',
  'countExceptions',
  'setToCurrentTime',
  'setFunction',
] as const;

/** A metric with labels, as users of plain JavaScript may mistake it for a child. */
interface Refusing {
  /** Refuses what only a child can do, or not even that. */
  refuseWithoutLabels(method: string): never;
}

/** Gives `prototype` methods of these names, each of which does nothing but `refuse`. */
export function refuseMethods<Self>(
  prototype: object,
  methods: readonly string[],
  refuse: (self: Self, method: string) => never,
): void {
  for (const method of methods) {
    Object.defineProperty(prototype, method, {
      configurable: true,
      writable: true,
      value(this: Self): never {
        return refuse(this, method);
      },
    });
  }
}

/**
 * Has metrics with labels, whose prototype is given, refuse what their children can do. For users of plain
 * JavaScript; the types do not have it.
 *
 * Called, and not done where the class is: a bundler would keep the class in programs without metrics.
 */
export function refuseChildMethods(prototype: Refusing): void {
  if (CHILD_METHODS[0] in prototype) return;
  refuseMethods<Refusing>(prototype, CHILD_METHODS, (metric, method) =>
    metric.refuseWithoutLabels(method),
  );
}
