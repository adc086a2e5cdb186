import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import { nativeBuckets } from '../../test/native-buckets.ts';
import { type FamilyPlan, familyPlan, toFamily } from '../../test/oracle/random-families.ts';
import { anyExemplar, anyNumber, anyTimestamp, FREE } from '../../test/oracle/random-values.ts';
import {
  type RecordedFamily,
  type RecordedPoint,
  recordFamily,
} from '../../test/recorded-family.ts';
import { exemplarLength } from '../model/exemplar.ts';
import type { HistogramPoint, MetricFamily } from '../model/family.ts';
import type { NativeBuckets, NativeHistogram } from '../model/native-histogram.ts';
import { ParseError } from './parse/parse-error.ts';
import { parseProtobuf, parseProtobufChunks } from './protobuf/parse-protobuf.ts';
import { toProtobuf } from './protobuf/protobuf.ts';

const RUNS: fc.Parameters<unknown> = { numRuns: 1000, seed: 20_261_122 };

type Exemplars = ({ readonly labels: Readonly<Record<string, string>> } | null)[];

/** A family as the format holds it. */
function inProtobuf(family: MetricFamily): RecordedFamily {
  const recorded = recordFamily(family);
  const { name, type } = recorded;
  const points = recorded.points.flatMap((entry): RecordedPoint[] => {
    const time = entry.time === null ? null : toMilliseconds(entry.time);
    const [kind, ...rest] = entry.point;
    if (kind !== 'stateset') return [{ ...entry, time, point: allowed(entry.point) }];
    return (rest as [string, boolean][]).map(([state, on]) => ({
      labels: state === '' ? entry.labels : { ...entry.labels, [name]: state },
      time,
      point: ['number', on ? 1 : 0, null, null],
    }));
  });
  if (type === 'info') return { ...recorded, name: `${name}_info`, type: 'gauge', points };
  return { ...recorded, type: type === 'stateset' ? 'gauge' : type, points };
}

function allowed(point: readonly unknown[]): readonly unknown[] {
  const [kind, ...rest] = point;
  if (kind === 'info') return ['number', 1, null, null];
  if (kind === 'number') {
    const [value, created, exemplar] = rest;
    return [kind, value, created, short([exemplar] as Exemplars)?.[0] ?? null];
  }
  if (kind === 'summary') {
    const [pairs, count, sum, created] = rest;
    const isWhole = Number.isInteger(count) && (count as number) < 2 ** 64;
    return [kind, pairs, isWhole ? count : null, sum, created];
  }
  const [bounds, counts, sum, created, exemplars, ...native] = rest;
  return [kind, bounds, counts, sum, created, short(exemplars as Exemplars), ...native];
}

/** Without those whose labels are too long. */
function short(exemplars: Exemplars | null): Exemplars | null {
  const all = (exemplars ?? []).map((exemplar) =>
    exemplar === null || exemplarLength(exemplar.labels) > 128 ? null : exemplar,
  );
  return all.some((exemplar) => exemplar !== null) ? all : null;
}

function toMilliseconds(time: string): string {
  const [seconds, decimals = ''] = time.split('.');
  const nanos = Number(decimals.padEnd(9, '0'));
  return String((Number(seconds) * 1000 + Math.round(nanos / 1e6)) / 1000);
}

/** Families with different names, so that none that follow each other become one. */
function distinct(plans: readonly FamilyPlan[]): MetricFamily[] {
  const letters = ['p', 'q', 'r'];
  return plans.flatMap((plan, i) => {
    const name = `${letters[i]}_${plan.options.name.replaceAll(':', '_')}`;
    return toFamily({ ...plan, options: { ...plan.options, name } }) ?? [];
  });
}

const plans = fc.array(familyPlan(FREE), { maxLength: 3 }).map(distinct);

const counts = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 45 }));

function anyBuckets(count: fc.Arbitrary<number>): fc.Arbitrary<NativeBuckets> {
  const index = fc.oneof(
    fc.integer({ min: -8, max: 8 }),
    fc.integer({ min: -300_000, max: 300_000 }),
  );
  return fc
    .uniqueArray(fc.tuple(index, count), { maxLength: 8, selector: ([at]) => at })
    .map((pairs) => nativeBuckets(...pairs.sort(([a], [b]) => a - b)));
}

/** Native histograms with whole counts, or with any. */
const anyNative: fc.Arbitrary<NativeHistogram> = fc
  .constantFrom(counts, fc.double({ min: 0.001, max: 1e9, noNaN: true }))
  .chain((count) =>
    fc.record({
      schema: fc.integer({ min: -4, max: 8 }),
      zeroThreshold: fc.constantFrom(0, 2 ** -128, 1),
      zeroCount: fc.oneof(fc.constant(0), count),
      positive: anyBuckets(count),
      negative: anyBuckets(count),
      exemplars: fc
        .array(
          fc
            .tuple(anyExemplar, anyTimestamp)
            .map(([exemplar, timestamp]) => ({ ...exemplar, timestamp }))
            .filter(({ labels, value }) => exemplarLength(labels) <= 128 && !Number.isNaN(value)),
          { maxLength: 3 },
        )
        .map((exemplars) => exemplars.sort((a, b) => a.value - b.value)),
      customBounds: fc.constant([]),
    }),
  );

const anySparse: fc.Arbitrary<HistogramPoint> = fc
  .record({ native: anyNative, sum: anyNumber, created: fc.option(fc.nat(4e12)) })
  .map(({ native, sum, created }) => {
    const all = [...native.positive.counts, ...native.negative.counts, native.zeroCount];
    const count = all.reduce((total, own) => total + own, 0);
    return {
      bounds: [],
      cells: [count],
      index: 0,
      cumulative: false,
      sum,
      created: created === null ? undefined : created / 1000,
      exemplars: undefined,
      native,
    };
  });

describe('parseProtobuf', () => {
  it('gives back what toProtobuf wrote of families of all types', async () => {
    const property = fc.asyncProperty(plans, async (families) => {
      const bytes = await toProtobuf({ collect: () => families });
      deepEqual(parseProtobuf(bytes).map(recordFamily), families.map(inProtobuf));
    });
    await fc.assert(property, RUNS);
  });

  it('gives back native histograms', async () => {
    const types = fc.constantFrom('histogram', 'gaugehistogram');
    const property = fc.asyncProperty(types, anySparse, async (type, drawn) => {
      const point = type === 'histogram' ? drawn : { ...drawn, created: undefined };
      const family = handMadeFamily({ name: 'a', type: type as 'histogram' }, [
        (writer) => writer.histogram(point),
      ]);
      const bytes = await toProtobuf({ collect: () => [family] });
      deepEqual(parseProtobuf(bytes).map(recordFamily), [recordFamily(family)]);
    });
    await fc.assert(property, RUNS);
  });

  it('reads the same from chunks, whatever becomes of them later', async () => {
    const property = fc.asyncProperty(
      plans,
      fc.integer({ min: 1, max: 60 }),
      async (drawn, size) => {
        const bytes = await toProtobuf({ collect: () => drawn });
        const families: MetricFamily[] = [];
        for await (const family of parseProtobufChunks(borrowed(bytes, size)))
          families.push(family);
        deepEqual(families.map(recordFamily), parseProtobuf(bytes).map(recordFamily));
      },
    );
    await fc.assert(property, { ...RUNS, numRuns: 300 });
  });

  it('reads or refuses whatever bytes there are, from chunks as at once', async () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
    const property = fc.asyncProperty(plans, anySparse, damage, fc.nat(), async (...drawn) => {
      const [families, point, flips, cut] = drawn;
      const sparse = handMadeFamily({ name: 'a', type: 'histogram' }, [
        (writer) => writer.histogram(point),
      ]);
      const bytes = await toProtobuf({ collect: () => [...families, sparse] });
      for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
      const document = cut % 2 === 0 ? bytes : bytes.subarray(0, cut % bytes.length);
      const whole = await outcome(() => parseProtobuf(document));
      const chunks = await outcome(() => parseProtobufChunks(borrowed(document, 7)));
      deepEqual(chunks, whole);
    });
    await fc.assert(property, { ...RUNS, numRuns: 3000 });
  });
});

/** Chunks that are written over when the next one is asked for. */
function* borrowed(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.slice(at, at + size);
    yield chunk;
    chunk.fill(255);
  }
}

/** The families, or the words of the ParseError; anything else that is thrown is thrown on. */
async function outcome(
  parse: () => Iterable<MetricFamily> | AsyncIterable<MetricFamily>,
): Promise<unknown> {
  const families: RecordedFamily[] = [];
  try {
    for await (const family of parse()) families.push(recordFamily(family));
  } catch (error) {
    ok(error instanceof ParseError, `${error}`);
    return error.message;
  }
  return families;
}
