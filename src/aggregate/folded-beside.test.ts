import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contribution } from '../../test/contributions.ts';
import { recordFamily } from '../../test/recorded-family.ts';
import { QuantileSketch } from '../model/quantile-sketch.ts';
import type { Contribution, KeptAge, KeptExemplar, KeptWindow } from './contribution.ts';
import { type FoldedPart, foldInSteps } from './folded-parts.ts';
import { Merger } from './merger.ts';

const NOW = Date.now() / 1000;

function sketch(...values: readonly number[]): QuantileSketch {
  const made = new QuantileSketch();
  for (const value of values) made.add(value, 1);
  return made;
}

/** Something that one process keeps beside each of two series, `a` and `b`. */
interface Beside {
  readonly exemplars: readonly (readonly KeptExemplar[])[];
  readonly windows: readonly KeptWindow[];
}

function process(n: number, { exemplars, windows }: Beside, alive = false): Contribution {
  const series = [[['a'], []] as const, [['b'], []] as const];
  const labelNames = ['l'];
  const made = contribution(
    { id: n.toString(16).padStart(32, '0'), startTime: -n, alive },
    { name: 'h', type: 'histogram', labelNames, bounds: [2, 4], series },
    { name: 's', type: 'summary', labelNames, series },
  );
  const [histogram, summary] = made.families;
  return {
    ...made,
    families: [
      {
        ...histogram!,
        exemplars: exemplars.flatMap((all, i) =>
          all.map((current) => ({ series: histogram!.series[i]!.index, current })),
        ),
      },
      {
        ...summary!,
        windows: windows.map((current, i) => ({ series: summary!.series[i]!.index, current })),
      },
    ],
  };
}

/** What is read of a part, once it was written. */
function asContribution({ id, startTime, families, folded }: FoldedPart): Contribution {
  const made = contribution(
    { id, startTime, alive: false, ...(folded === undefined ? {} : { folded }) },
    ...families.map(({ family, series }) => ({
      ...family,
      series: series.map(({ labelValues, cells }) => [labelValues, [...cells]] as const),
    })),
  );
  return {
    ...made,
    families: made.families.map((family, i) => ({
      ...family,
      exemplars: families[i]!.series.flatMap(({ exemplars = [] }, place) =>
        exemplars.flatMap((current) =>
          current === undefined ? [] : [{ series: family.series[place]!.index, current }],
        ),
      ),
      windows: families[i]!.series.flatMap(({ window }, place) =>
        window === undefined ? [] : [{ series: family.series[place]!.index, current: window }],
      ),
    })),
  };
}

function fold(contributions: readonly Contribution[]): Contribution[] {
  const steps = foldInSteps(contributions);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.map(asContribution);
}

function shown(contributions: readonly Contribution[], now = NOW): unknown {
  return new Merger(() => now).merge(contributions).families.map(recordFamily);
}

const exemplar = fc.record({
  exemplar: fc.record({
    labels: fc.record({ id: fc.string({ minLength: 1 }) }),
    value: fc.integer({ min: 0, max: 6 }),
    timestamp: fc
      .uniqueArray(fc.integer({ min: 1 }), { minLength: 1, maxLength: 1 })
      .map(([t]) => t!),
  }),
  shownUntil: fc.constantFrom(NOW - 1, NOW + 1000, Infinity),
});

const age: fc.Arbitrary<KeptAge> = fc.record({
  // None that ends while the test runs.
  until: fc.oneof(fc.constant(-5), fc.integer({ min: 100, max: 600 })).map((s) => NOW + s),
  sketch: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 }).map((all) => sketch(...all)),
});

const beside: fc.Arbitrary<Beside> = fc.record({
  exemplars: fc.array(fc.array(exemplar, { maxLength: 4 }), { maxLength: 2 }),
  windows: fc.array(
    fc.record({ quantiles: fc.constant([0, 0.5, 0.9, 1]), ages: fc.array(age, { maxLength: 4 }) }),
    { maxLength: 2 },
  ),
});

describe('What is folded beside cells', () => {
  it('leaves exemplars and quantiles as they were, in whatever order and grouping', () => {
    const choices = fc.infiniteStream(fc.boolean());
    fc.assert(
      fc.property(fc.array(beside, { minLength: 1, maxLength: 5 }), choices, (all, folds) => {
        let contributions = all.map((one, n) => process(n, one));
        const before = shown(contributions);
        for (let round = 0; round < 3; round++) {
          const folded = contributions.filter(
            (one) => one.folded !== undefined || folds.next().value,
          );
          const others = contributions.filter((one) => !folded.includes(one));
          contributions = [...others, ...fold(folded)];
          deepEqual(shown(contributions), before);
        }
      }),
    );
  });

  it('counts an eighth of the time that was left longer at most, however often it is folded', () => {
    const until = NOW + 600;
    const window = { quantiles: [1], ages: [{ until, sketch: sketch(7) }] };
    let contributions = [process(0, { exemplars: [], windows: [window] })];
    for (let round = 0; round < 20; round++) contributions = fold(contributions);
    const [end] = contributions[0]!.families[1]!.windows![0]!.current!.ages;
    ok(end!.until >= until && end!.until <= until + 75, `${end!.until - until}`);
    equal(JSON.stringify(shown(contributions, NOW + 599)).includes('[[1,7]]'), true);
    equal(JSON.stringify(shown(contributions, NOW + 676)).includes('[[1,7]]'), false);
  });

  it('takes a few dozen ends, of however many processes', () => {
    const processes = Array.from({ length: 1000 }, (_, n) => {
      const ages = [{ until: NOW + 100 + 0.5 * n, sketch: sketch(n) }];
      return process(n, { exemplars: [], windows: [{ quantiles: [1], ages }] });
    });
    const { ages } = fold(processes)[0]!.families[1]!.windows![0]!.current!;
    ok(ages.length <= 100, `${ages.length}`);
    equal(
      ages.reduce((sum, { sketch }) => sum + (sketch as QuantileSketch).count, 0),
      1000,
    );
  });
});
