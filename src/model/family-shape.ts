/** Whether an object that somebody made by hand is a family: types cannot see it in JavaScript. */

import { show } from './error.ts';
import type { MetricFamily } from './family.ts';
import { isMetricType } from './name.ts';

type Shape = { readonly [Property in keyof MetricFamily]?: unknown };

/**
 * Requires all that a family is written from, `samples` excepted, which nothing but tests reads.
 *
 * @throws {TypeError} When something of it is missing or has the wrong type.
 */
export function requireFamily(value: unknown): asserts value is MetricFamily {
  const family = (value ?? {}) as Shape;
  // In one expression: it is asked of each of thousands of families at every scrape.
  if (
    typeof family.name === 'string' &&
    isMetricType(family.type) &&
    typeof family.help === 'string' &&
    typeof family.unit === 'string' &&
    Array.isArray(family.labelNames) &&
    Array.isArray(family.constantLabels) &&
    typeof family.walk === 'function'
  ) {
    return;
  }
  const subject = typeof family.name === 'string' ? `family ${show(family.name)}` : 'family';
  throw new TypeError(`${subject}: has the wrong shape, ${wrongPart(value, family)}`);
}

function wrongPart(value: unknown, { name, type, help, unit, ...rest }: Shape): string {
  if (typeof value !== 'object' || value === null) return `expected an object, got ${show(value)}`;
  if (typeof name !== 'string') return `expected a name, got ${show(name)}`;
  if (!isMetricType(type)) return `expected a type such as "counter", got ${show(type)}`;
  if (typeof help !== 'string') return `expected a help text, got ${show(help)}`;
  if (typeof unit !== 'string') return `expected a unit or "", got ${show(unit)}`;
  const { labelNames, constantLabels } = rest;
  if (!Array.isArray(labelNames)) return `expected labelNames as an array, got ${show(labelNames)}`;
  if (!Array.isArray(constantLabels)) {
    return `expected constantLabels as an array, got ${show(constantLabels)}`;
  }
  return `expected a method walk(), got ${show((value as Shape).walk)}`;
}
