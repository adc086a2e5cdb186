/** Children that a callback is asked for, which nobody else can set. */

import type { Declaration } from '../declaration/declaration.ts';
import type { ValueCallback } from '../declaration/instrument-options.ts';
import { CHILD_METHODS, refuseMethods } from './child-methods.ts';

/** A child, as the methods below find it. */
interface Asked {
  /** Refuses what would set its value. */
  refuseWithCallback(method: string): never;
}

/** By the prototype of each class of children the one of those of them that have a callback. */
const prototypes = /* @__PURE__ */ new WeakMap<object, object>();

/**
 * Asks `callback` for the child's value from now on, and refuses what would set it by hand, which the
 * next scrape would undo unseen. Its methods change, by another prototype, so that those of all other
 * children need not look for a callback.
 *
 * @throws {TypeError} When `callback` is not a function.
 */
export function askChild(
  child: object,
  { callbacks }: Pick<Declaration, 'callbacks'>,
  callback: ValueCallback,
): void {
  const wasAsked = callbacks.has(child);
  callbacks.set(child, callback);
  // One that was removed takes none: it is set by hand, for nobody to see.
  if (wasAsked || !callbacks.has(child)) return;
  const own: object = Object.getPrototypeOf(child);
  let asked = prototypes.get(own);
  if (asked === undefined) {
    asked = Object.create(own) as object;
    const methods = CHILD_METHODS.filter((method) => method in own && method !== 'setFunction');
    refuseMethods<Asked>(asked, methods, (self, method) => self.refuseWithCallback(method));
    Object.defineProperty(asked, 'isAsked', { value: true });
    prototypes.set(own, asked);
  }
  Object.setPrototypeOf(child, asked);
}
