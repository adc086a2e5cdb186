/** How metrics and children look where somebody prints them, as `console.log` does. */

import type { LabelTree } from '../../model/label-tree.ts';

/** By this name Node, Deno and Bun ask an object how it looks; browsers do not. */
const INSPECT: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom') as never;

/** What can be printed. */
export interface Inspected {
  /** What it is, and what is to be seen of it: what was counted or set last. No callback is asked. */
  inspected(): readonly [subject: string, shown: object];
}

/**
 * Has what has this prototype printed as it says: `Counter "requests_total" { value: 3 }`.
 *
 * Called, and not done where the class is: a bundler would keep the class in programs without metrics.
 */
export function showWhereInspected(prototype: Inspected): void {
  if (INSPECT in prototype) return;
  Object.defineProperty(prototype, INSPECT, {
    configurable: true,
    value(this: Inspected, _: number, options: object, inspect: (...given: object[]) => string) {
      try {
        const [subject, shown] = this.inspected();
        return `${subject[0]!.toUpperCase()}${subject.slice(1)} ${inspect(shown, options)}`;
      } catch {
        // A prototype or a proxy, which has none of the private fields: printing must not throw.
        return inspect({}, options);
      }
    },
  });
}

/** How many children are printed one by one. */
const MAX_CHILDREN = 100;

/** What is to be seen of these children, by their labels, and how many more there are. */
export function inspectedChildren(
  names: readonly string[],
  tree: Pick<LabelTree<Inspected>, 'entries' | 'size'>,
): object {
  const shown: Record<string, unknown> = {};
  let count = 0;
  for (const [values, child] of tree.entries()) {
    if (count++ === MAX_CHILDREN) {
      shown['…'] = tree.size - MAX_CHILDREN;
      break;
    }
    const labels = values.map((value, i) => `${names[i]}=${JSON.stringify(value)}`);
    shown[`${labels}`] = child.inspected()[1];
  }
  return shown;
}
