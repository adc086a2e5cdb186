import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type FamilyPlan, familyPlan, toFamily } from '../../test/oracle/random-families.ts';
import { anyAmount, FREE, STRICT } from '../../test/oracle/random-values.ts';
import {
  type RecordedFamily,
  type RecordedPoint,
  recordFamily,
} from '../../test/recorded-family.ts';
import type { MetricFamily } from '../model/family.ts';
import { CounterMetricFamily } from '../model/number-families.ts';
import { toOpenMetrics, toText } from './format.ts';
import { parseOpenMetrics, parseText } from './parse/parse.ts';

const RUNS: fc.Parameters<unknown> = { numRuns: 2000, seed: 20_261_122 };

type Exemplars = ({ readonly labels: Readonly<Record<string, string>> } | null)[];

/** A family without what OpenMetrics has no place for. */
function inOpenMetrics(family: MetricFamily): RecordedFamily {
  const recorded = recordFamily(family);
  const { type, unit } = recorded;
  const hasUnit = type !== 'info' && type !== 'stateset';
  const points = recorded.points.map((entry) => ({ ...entry, point: allowed(type, entry) }));
  return { ...recorded, unit: hasUnit ? unit : '', points: points.filter(hasLines) };
}

function allowed(type: string, { point }: RecordedPoint): readonly unknown[] {
  const [kind, ...rest] = point;
  if (kind === 'number') {
    const [value, created, exemplar] = rest;
    return [kind, value, created, short([exemplar] as Exemplars)?.[0] ?? null];
  }
  if (kind !== 'histogram') return point;
  const [bounds, counts, sum, created, exemplars] = rest;
  const negative = type === 'histogram' && (bounds as number[])[0]! < 0;
  return [kind, bounds, counts, negative ? null : sum, created, short(exemplars as Exemplars)];
}

/** Without those whose labels are too long. */
function short(exemplars: Exemplars | null): Exemplars | null {
  const all = (exemplars ?? []).map((exemplar) => {
    const text = Object.entries(exemplar?.labels ?? {}).flat();
    return [...text.join('')].length > 128 ? null : exemplar;
  });
  return all.some((exemplar) => exemplar !== null) ? all : null;
}

function hasLines({ point: [kind, ...rest] }: RecordedPoint): boolean {
  return kind !== 'stateset' || rest.length > 0;
}

/** Families with different names: in text, a name says which family a line belongs to. */
function distinct(plans: readonly FamilyPlan[]): MetricFamily[] {
  const letters = ['p', 'q', 'r'];
  return plans.flatMap((plan, i) => {
    const options = {
      ...plan.options,
      name: `${letters[i]}_${plan.options.name.replaceAll(':', '_')}`,
    };
    return toFamily({ ...plan, options }) ?? [];
  });
}

function source(families: readonly MetricFamily[]) {
  return { collect: () => families };
}

describe('parseOpenMetrics', () => {
  it('gives back what toOpenMetrics wrote of families of all types', async () => {
    const plans = fc.array(familyPlan(STRICT), { maxLength: 3 });
    const property = fc.asyncProperty(plans, async (drawn) => {
      const families = distinct(drawn);
      const parsed = parseOpenMetrics(await toOpenMetrics(source(families)));
      deepEqual(parsed.map(recordFamily), families.map(inOpenMetrics));
    });
    await fc.assert(property, RUNS);
  });

  it('gives back start times', async () => {
    const times = fc.option(
      fc.nat(4e12).map((time) => time / 1000),
      { nil: undefined },
    );
    const property = fc.asyncProperty(anyAmount, times, async (value, created) => {
      const options = created === undefined ? {} : { created };
      const family = new CounterMetricFamily({ name: 'a', help: '' }).addMetric([], value, options);
      const document = await toOpenMetrics(source([family]), { created: true });
      deepEqual(parseOpenMetrics(document).map(recordFamily), [recordFamily(family)]);
    });
    await fc.assert(property, { ...RUNS, numRuns: 200 });
  });
});

/** What text makes of a family, where that is a family of the same points. */
function inText(family: MetricFamily): RecordedFamily {
  const recorded = recordFamily(family);
  const points = recorded.points.map(({ labels, time, point }) => {
    const [kind, first, second, third] = point;
    const milliseconds = time && toMilliseconds(time);
    const kept = kind === 'number' ? [first, null, null] : [first, second, third, null, null];
    return {
      labels,
      time: milliseconds,
      point: [kind, ...(kind === 'summary' ? [first, second, third, null] : kept)],
    };
  });
  return { ...recorded, unit: '', points };
}

function toMilliseconds(time: string): string {
  const [seconds, decimals = ''] = time.split('.');
  const nanos = Number(decimals.padEnd(9, '0'));
  return String((Number(seconds) * 1000 + Math.round(nanos / 1e6)) / 1000);
}

const SAME_IN_TEXT = ['counter', 'gauge', 'summary', 'histogram', 'unknown'];

describe('parseText', () => {
  it('gives back what toText wrote of families of the types that text has', async () => {
    const plans = fc.array(familyPlan(FREE), { maxLength: 3 });
    const property = fc.asyncProperty(plans, async (drawn) => {
      const families = distinct(drawn.filter(({ type }) => SAME_IN_TEXT.includes(type)));
      const parsed = parseText(await toText(source(families)));
      deepEqual(parsed.map(recordFamily), families.map(inText));
    });
    await fc.assert(property, RUNS);
  });

  it('gives families that toText writes with all that they hold, of families of all types', async () => {
    const plans = fc.array(familyPlan(FREE), { maxLength: 3 });
    const property = fc.asyncProperty(plans, async (drawn) => {
      const parsed = parseText(await toText(source(distinct(drawn))));
      const again = parseText(await toText(source(parsed)));
      deepEqual(again.map(recordFamily), parsed.map(recordFamily));
    });
    await fc.assert(property, RUNS);
  });
});
