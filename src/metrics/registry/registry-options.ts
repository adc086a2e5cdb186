/** How a registry is set up. */

import { MetricsError, show } from '../../model/error.ts';
import type { LabelValue } from '../../model/labels.ts';
import { refuseUnknown, refuseValue } from '../../model/option.ts';
import type { Storage } from '../../storage/storage.ts';
import type { ExemplarOptions } from '../exemplars/exemplar-options.ts';
import { isLimit } from '../labels/label-rules.ts';
import type { Clock } from '../timing/clock.ts';

/** Facts about a program, as labels of `target_info`. */
export type TargetInfo = Readonly<Record<string, LabelValue>>;

/** How a registry is set up. */
export interface CollectorRegistryOptions {
  /** Where its metrics keep their numbers: this process's heap unless given. */
  readonly storage?: Storage;
  /** How long an asynchronous collector may take, in milliseconds: 5000 unless given, < 2^31. */
  readonly collectTimeoutMs?: number;
  /** Facts about the program, shown as `target_info` before everything else. */
  readonly targetInfo?: TargetInfo;
  /** Labels that every series carries with one value; a metric's own of the same name win. */
  readonly constantLabels?: Readonly<Record<string, LabelValue>>;
  /**
   * How many children a metric with labels may have that does not say it itself: any number unless
   * given. What is too much is counted on one child, all of whose labels are `__overflow__`.
   */
  readonly maxChildren?: number;
  /** Where exemplars of counters and histograms come from that nobody gave; none unless given. */
  readonly exemplars?: ExemplarOptions;
  /**
   * Told of every collector that failed, and of the first exemplar of a metric that was dropped for
   * a reason, beside the metrics that count them. Unless given, each is written to the console the
   * first time it happens.
   */
  readonly onError?: (error: MetricsError) => void;
  /** The time; the machine's unless given. For tests. */
  readonly clock?: Clock;
}

/** What each option has to be, as errors say it, and whether a value is that. */
const OPTIONS: Readonly<
  Record<string, readonly [expected: string, is: (value: unknown) => boolean]>
> = {
  storage: ['a Storage', (value) => hasMethod(value, 'declare')],
  collectTimeoutMs: ['a number', (value) => typeof value === 'number'],
  targetInfo: ['an object of facts', (value) => typeof value === 'object'],
  constantLabels: ['an object of labels', (value) => typeof value === 'object'],
  maxChildren: ['a number', (value) => typeof value === 'number'],
  exemplars: ['{ provider: … }', (value) => typeof value === 'object'],
  onError: ['a function', (value) => typeof value === 'function'],
  clock: ['a Clock', (value) => hasMethod(value, 'elapsed')],
};

/** The longest time that timers can wait; they take what is longer for no time at all. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws {TypeError | RangeError} When an option is unknown, or of the wrong type or value. */
export function validateOptions(options: CollectorRegistryOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`registry: no options, expected an object, got ${show(options)}`);
  }
  refuseUnknown('registry', options, Object.keys(OPTIONS));
  for (const [name, value] of Object.entries(options)) {
    const [expected, is] = OPTIONS[name]!;
    if (value === undefined || is(value)) continue;
    throw new TypeError(
      `registry "${name}": of the wrong type, expected ${expected}, got ${show(value)}`,
    );
  }
  const { collectTimeoutMs = 1, maxChildren = Infinity } = options;
  if (!(collectTimeoutMs > 0 && collectTimeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new RangeError(
      `registry "collectTimeoutMs": not a time limit, expected milliseconds > 0 and < 2^31, got ${collectTimeoutMs}`,
    );
  }
  validateMaxChildren(maxChildren);
}

/** @throws {TypeError | RangeError} When it is not a number, or not a limit. */
export function validateMaxChildren(value: unknown): void {
  if (isLimit(value)) return;
  refuseValue('registry "maxChildren": no limit', 'a whole number > 0 or Infinity', value);
}

/**
 * Requires a storage, and that a registry uses none yet, or this very one.
 *
 * @throws {TypeError} When it is no storage.
 * @throws {MetricsError} With code `STORAGE_IN_USE` when the registry uses another.
 */
export function requireUsable(storage: Storage, inUse: Storage | undefined): void {
  if (typeof storage?.declare !== 'function') {
    throw new TypeError(
      `registry "storage": of the wrong type, expected a Storage, got ${show(storage)}`,
    );
  }
  if (inUse !== undefined && inUse !== storage) {
    throw new MetricsError(
      'STORAGE_IN_USE',
      'registry "storage": already chosen, expected a registry without storage, got one that has metrics or a directory from the environment',
    );
  }
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof (value as Record<string, unknown> | null)?.[name] === 'function';
}
