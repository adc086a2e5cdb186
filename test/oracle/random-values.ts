/** Names, texts and numbers that nobody would choose, for registries drawn at random. */

import fc from 'fast-check';
import type { Exemplar, Timestamp } from '../../src/index.ts';
import { HOSTILE_LABELS, HOSTILE_VALUES } from './every-metric.ts';

/** What random numbers are made of. */
export interface Numbers {
  /** What sums and quantiles are: a strict format takes no sum below 0, and none that is NaN. */
  readonly sum: fc.Arbitrary<number>;
  /** What is observed. */
  readonly observation: fc.Arbitrary<number>;
  /** What each bucket adds to the one before. */
  readonly count: fc.Arbitrary<number>;
}

const hostile = fc.constantFrom(...HOSTILE_VALUES);

/** Any number whatever. */
export const anyNumber: fc.Arbitrary<number> = fc.oneof(
  hostile,
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
);

/** A number that a counter may grow by. */
export const anyAmount: fc.Arbitrary<number> = anyNumber
  .filter(Number.isFinite)
  .map((amount) => Math.abs(amount));

/** Numbers that any text can carry. */
export const FREE: Numbers = {
  sum: anyNumber,
  observation: anyNumber.filter((value) => !Number.isNaN(value)),
  count: anyAmount,
};

/** Numbers that OpenMetrics allows. */
export const STRICT: Numbers = {
  sum: anyAmount,
  observation: fc.oneof(anyAmount, fc.constant(Infinity)),
  count: fc.oneof(fc.nat(), fc.maxSafeNat()),
};

const ESCAPED = ['"', '\\', '\n', '\r', '{', '}', ',', '=', ' ', '#', 'n', '\0', '\u0085', '🦀'];

/** A label value or help text. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_LABELS),
  fc.string({ unit: fc.constantFrom(...ESCAPED), maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** A label name that no type has reserved. */
export const anyLabelName: fc.Arbitrary<string> = fc
  .stringMatching(/^(_?[a-zA-Z][a-zA-Z0-9_]{0,4}|_)$/)
  .filter((name) => name !== 'le' && name !== 'quantile');

/** A metric name. From the few that are drawn most, suffixes make many that clash. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,6}$/) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('a', 'b', 'a_total', 'c'),
        fc.constantFrom('', '_total', '_count', '_sum', '_bucket', '_created', '_info', '_gsum'),
      )
      .map(([stem, suffix]) => stem + suffix),
  },
);

/** True where a state set may have the name: its states stand under a label that bears it. */
export function canNameStates(name: string, labelNames: readonly string[]): boolean {
  return !name.includes(':') && !name.startsWith('__') && !labelNames.includes(name);
}

/** Bucket bounds, ascending. */
export const anyBounds: fc.Arbitrary<number[]> = fc
  .uniqueArray(
    anyNumber.filter(Number.isFinite).map((bound) => bound + 0),
    { maxLength: 5 },
  )
  .map((bounds) => bounds.sort((a, b) => a - b));

/** A time since 1970, to the nanosecond or as a number with milliseconds. */
export const anyTimestamp: fc.Arbitrary<Timestamp> = fc.oneof(
  fc.record({ seconds: fc.nat(4e9), nanos: fc.nat(999_999_999) }),
  fc.nat(4e12).map((milliseconds) => milliseconds / 1000),
);

/** An exemplar, now and then with more in its labels than is allowed. */
export const anyExemplar: fc.Arbitrary<Exemplar> = fc
  .record({
    labels: fc.dictionary(
      anyLabelName,
      // In an exemplar, Python's parser takes an escaped quote for the end of the value, and that of
      // release 0.16 a brace for the end of the labels.
      fc.oneof(
        anyText.map((text) => text.replaceAll(/["}]/g, '')),
        fc.integer({ min: 120, max: 128 }).map((length) => '🦀'.repeat(length)),
      ),
      { maxKeys: 2, noNullPrototype: true },
    ),
    value: anyNumber,
    timestamp: fc.option(anyTimestamp, { nil: undefined }),
  })
  .map(({ labels, value, timestamp }) => ({
    labels,
    value,
    ...(timestamp !== undefined && { timestamp }),
  }));
