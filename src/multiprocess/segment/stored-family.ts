/** The declaration of a family, read back from the JSON that some other process wrote. */

import {
  type InstrumentType,
  MULTIPROCESS_MODES,
  type MultiprocessMode,
  type StoredFamily,
} from '../../model/cells.ts';
import type { Pairs } from '../../model/labels.ts';
import { GREATEST_SCHEMA, LEAST_SCHEMA } from '../../model/native-bounds.ts';
import type { NativeSettings } from '../../model/native-resolution.ts';

const TYPES: readonly string[] = [
  'counter',
  'gauge',
  'summary',
  'histogram',
  'info',
  'stateset',
] satisfies InstrumentType[];

/**
 * Returns the family that `json` declares, or `undefined` where it is none that this version knows:
 * a newer process may declare what is not invented yet, and must not cost the others their scrape.
 */
export function parseStoredFamily(json: string): StoredFamily | undefined {
  let read: Partial<Record<keyof StoredFamily, unknown>>;
  try {
    read = JSON.parse(json);
  } catch {
    return undefined;
  }
  const { name, type, help, unit, labelNames, constantLabels, bounds, states, mode } = read ?? {};
  const { maxChildren } = read ?? {};
  const native = type === 'histogram' ? parseNative(read.native) : undefined;
  const isKnown =
    areStrings([name, help, unit]) &&
    areStrings(labelNames) &&
    areStrings(states) &&
    isArrayOf(bounds, (bound) => typeof bound === 'number') &&
    isArrayOf(constantLabels, (pair) => areStrings(pair) && pair.length === 2) &&
    TYPES.includes(type as string) &&
    MULTIPROCESS_MODES.includes(mode as MultiprocessMode);
  if (!isKnown) return undefined;
  return {
    name: name as string,
    type: type as InstrumentType,
    help: help as string,
    unit: unit as string,
    labelNames: labelNames as string[],
    constantLabels: constantLabels as Pairs,
    bounds: bounds as number[],
    states: states as string[],
    mode: mode as MultiprocessMode,
    // What is no limit is none, and not worth the family.
    ...(native !== undefined && { native }),
    ...(typeof maxChildren === 'number' && maxChildren > 0 && { maxChildren }),
  };
}

/** JSON has no infinity, which is a limit like any other; `null` stands for it. */
function parseNative(given: unknown): NativeSettings | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { schema, zeroThreshold, maxBuckets, maxZeroThreshold }: Partial<NativeSettings> = given;
  const isKnown =
    Number.isInteger(schema) &&
    schema! >= LEAST_SCHEMA &&
    schema! <= GREATEST_SCHEMA &&
    isFinitePart(zeroThreshold) &&
    isFinitePart(maxZeroThreshold) &&
    (maxBuckets === null || isFinitePart(maxBuckets));
  if (!isKnown) return undefined;
  return {
    schema: schema!,
    zeroThreshold: zeroThreshold!,
    maxBuckets: maxBuckets ?? Infinity,
    maxZeroThreshold: maxZeroThreshold!,
  };
}

function isFinitePart(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

function areStrings(value: unknown): value is string[] {
  return isArrayOf(value, (one) => typeof one === 'string');
}

function isArrayOf(value: unknown, holds: (one: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(holds);
}
