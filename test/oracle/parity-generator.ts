/** Draws programs of metric operations: first as picks, then as commands that refer to one another. */

import fc from 'fast-check';
import { isTornByEscaping } from './parity-differences.ts';
import { anyFamily } from './parity-families.ts';
import type { InstrumentWord, Program } from './parity-program.ts';
import {
  type ChangeDraft,
  type DeclareDraft,
  type Draft,
  METHODS,
  resolve,
  type UseDraft,
} from './parity-resolution.ts';
import { anyNumber, anyText } from './random-values.ts';

const stem = fc.constantFrom('a', 'b', 'req', 'a_total', 'c:d', 'x_seconds', 'target', '_', 'B2');
const suffix = fc.constantFrom(
  '',
  '',
  '',
  '_total',
  '_count',
  '_sum',
  '_bucket',
  '_created',
  '_info',
);

/** A metric name. From the few that are drawn most, suffixes make some that clash. */
const metricName: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(stem, suffix).map(([one, other]) => one + other) },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,6}$/) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('http.server', 'a-b', '花火', 'a b', '1st', 'é.seconds'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }) },
);

/** A label name, now and then one that is reserved. */
const labelName: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('method', 'status', 'a', 'b', 'Z', '_x', 'pid') },
  { weight: 2, arbitrary: fc.constantFrom('l.1', 'é', 'a-b', '1') },
  { weight: 1, arbitrary: fc.constantFrom('le', 'quantile', '__name__') },
);

const labelNames = fc.uniqueArray(labelName, { maxLength: 3 });

/** Few values, so that the same child is found again, and some that nobody expects. */
const labelValue: fc.Arbitrary<string | number> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<string | number>('GET', 'POST', '', 200) },
  { weight: 1, arbitrary: anyText },
);

const labelValues = fc.array(labelValue, { minLength: 4, maxLength: 4 });

/** Whole eighths, which add up to the same sum everywhere. */
const seconds = fc.nat(1000).map((eighths) => eighths / 8);

/** Bounds from 0 up; now and then a list that no histogram takes. */
const buckets: fc.Arbitrary<number[]> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .uniqueArray(fc.oneof(fc.double({ min: 0, noNaN: true }), fc.nat(1e7)), {
        minLength: 1,
        maxLength: 4,
      })
      .map((bounds) => bounds.sort((a, b) => a - b)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<number[]>([], [Infinity], [2, 1], [1, Infinity], [1, Infinity, 2]),
  },
);

/** Nothing, most of the time. */
function sometimes(...texts: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom('', '', '', ...texts);
}

/**
 * Labels of an exemplar, within the limits: beyond them, Python has counted and then throws. Their
 * names are of the kind that needs no quotes, which Python does not write.
 */
const exemplar: fc.Arbitrary<Readonly<Record<string, string>>> = fc.dictionary(
  fc.constantFrom('trace_id', 'span_id', 'a'),
  fc.oneof(
    fc.constantFrom('4bf92f', 'b7', ''),
    anyText.map((text) => text.replaceAll('"', '')),
  ),
  { minKeys: 1, maxKeys: 2, noNullPrototype: true },
);

function anyDeclaration(types: readonly InstrumentWord[]): fc.Arbitrary<DeclareDraft> {
  return fc.record({
    kind: fc.constant('declare'),
    type: fc.constantFrom(...types),
    name: metricName,
    namespace: sometimes('app', 'a', 'é'),
    subsystem: sometimes('db', 'b'),
    unit: sometimes('seconds', 'bytes'),
    // Without help nothing is declared here; Python takes an empty text.
    help: anyText.map((text) => text || 'Help.'),
    labelNames,
    buckets,
    states: fc.uniqueArray(anyText, { maxLength: 3 }),
    mode: fc.constantFrom('all', 'all', 'max', 'mostrecent'),
  });
}

const anyUse: fc.Arbitrary<UseDraft> = fc.record({
  kind: fc.constant('use'),
  metric: fc.nat(5),
  labels: labelValues,
  way: fc.constantFrom('position', 'position', 'position', 'name', 'name', 'parent', 'wrong'),
  kept: fc.boolean(),
  method: fc.nat(100),
  // What does not count is refused by both; NaN and the infinities here alone.
  amount: anyNumber.filter(Number.isFinite),
  number: anyNumber,
  seconds,
  state: fc.nat(3),
  facts: fc.dictionary(labelName, anyText, { maxKeys: 2, noNullPrototype: true }),
  raised: fc.constantFrom('failure', 'other', null),
  filtered: fc.boolean(),
  exemplar: fc.option(exemplar, { nil: undefined }),
});

const anyChange: fc.Arbitrary<ChangeDraft> = fc.record({
  kind: fc.constantFrom('remove', 'removeMatching', 'clear', 'unregister'),
  metric: fc.nat(5),
  labels: labelValues,
});

const anyPause: fc.Arbitrary<Draft> = fc.record({ kind: fc.constant('pass'), seconds });

const anyTarget: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constant('targetInfo'),
  // None is no target info; Python takes an empty object for none as well.
  labels: fc.option(
    fc.dictionary(fc.constantFrom('env', 'region', 'l.1'), anyText, {
      minKeys: 1,
      maxKeys: 2,
      noNullPrototype: true,
    }),
    { nil: null },
  ),
});

/** A child that is removed and used on, after another one was made: it must not count for that one. */
const anyAfterlife: fc.Arbitrary<Draft[]> = fc
  .record({ use: anyUse, other: anyUse })
  .map(({ use, other: { labels, ...other } }) => {
    const { metric } = use;
    return [
      { ...use, way: 'position', kept: false },
      { kind: 'remove', metric, labels: use.labels },
      { ...other, metric, labels, way: 'position' },
      { ...use, way: 'position', kept: true },
    ];
  });

function anySteps(types: readonly InstrumentWord[], whole: boolean): fc.Arbitrary<Draft[]> {
  const declaration = anyDeclaration(types);
  const unit = sometimes('seconds', 'bytes');
  const family = anyFamily({ name: metricName, unit, labelNames, whole });
  const register: fc.Arbitrary<Draft> = fc.record({
    kind: fc.constant('register'),
    families: fc.array(family, { minLength: 1, maxLength: 2 }),
  });
  const step = fc.oneof(
    { weight: 8, arbitrary: anyUse },
    { weight: 2, arbitrary: anyChange },
    { weight: 1, arbitrary: anyPause },
    { weight: 1, arbitrary: anyTarget },
    { weight: 1, arbitrary: declaration },
    { weight: 1, arbitrary: register },
  );
  const steps = fc.oneof(
    { weight: 12, arbitrary: step.map((one): Draft[] => [one]) },
    { weight: 1, arbitrary: anyAfterlife },
  );
  return fc
    .tuple(
      fc.array(declaration, { minLength: 1, maxLength: 4 }),
      fc.array(steps, { maxLength: 24, size: 'medium' }),
    )
    .map(([first, then]) => [...first, ...then.flat()]);
}

/** Draws a program. */
export const anyProgram: fc.Arbitrary<Program> = fc
  .constantFrom('underscores', 'underscores', 'allow-utf-8', 'allow-utf-8', 'dots', 'values')
  .chain((escaping) => {
    const whole = escaping === 'underscores' || escaping === 'allow-utf-8';
    const types = (Object.keys(METHODS) as InstrumentWord[]).filter(
      (type) => whole || !isTornByEscaping(type),
    );
    return fc.record({
      steps: anySteps(types, whole),
      created: whole ? fc.boolean() : fc.constant(false),
      strict: fc.boolean(),
      escaping: fc.constant(escaping),
      asked: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    });
  })
  .map(resolve);
