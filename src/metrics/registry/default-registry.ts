/** The default registry: one for the whole program, however many copies of this package it loads. */

import { CollectorRegistry } from './registry.ts';

/**
 * Raised whenever a public method that instruments or handlers call on a registry changes, so that
 * a copy of this package never talks to a registry it does not understand.
 */
const SEAM_VERSION = 2;

const KEY = Symbol.for('promethium.REGISTRY');

interface Anchor {
  readonly version: number;
  readonly registry: CollectorRegistry;
}

/**
 * The registry that metrics are registered in unless they are given another.
 *
 * Two installed copies of this package, its ES modules beside its CommonJS bundle, and a module
 * that is loaded anew on every change all find the same one.
 */
export const REGISTRY: CollectorRegistry = /* @__PURE__ */ anchored();

function anchored(): CollectorRegistry {
  const anchors = globalThis as { [KEY]?: Anchor };
  const anchor = anchors[KEY];
  if (anchor?.version === SEAM_VERSION) return anchor.registry;
  const registry = new CollectorRegistry();
  anchors[KEY] ??= { version: SEAM_VERSION, registry };
  return registry;
}
