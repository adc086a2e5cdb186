import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { empty, family } from '../../../test/decoded-families.ts';
import { nativeBuckets, nativeHistogram } from '../../../test/native-buckets.ts';
import { familyPlan, toFamily } from '../../../test/oracle/random-families.ts';
import { FREE } from '../../../test/oracle/random-values.ts';
import { recordFamily } from '../../../test/recorded-family.ts';
import type { FamilyWriter, MetricFamily } from '../../model/family.ts';
import { CounterMetricFamily } from '../../model/number-families.ts';
import { fromBytes, toBytes } from './publication-text.ts';

function throughBytes(family: MetricFamily): MetricFamily {
  const bytes = toBytes({ collector: 'c', answeredAt: 7, families: [family] });
  return fromBytes(bytes)!.families[0]!;
}

const counter = new CounterMetricFamily({ name: 'c', help: 'C.', labelNames: ['a'] })
  .addMetric(['x'], 1, {
    created: 5,
    timestamp: { seconds: 1, nanos: 1 },
    exemplar: { labels: { ['__proto__']: 'p', trace_id: 't' }, value: -0, timestamp: 3 },
  })
  .addMetric(['y'], Infinity);

describe('An answer as bytes', () => {
  it('loses nothing of any family', () => {
    fc.assert(
      fc.property(familyPlan(FREE), (plan) => {
        const family = toFamily(plan);
        if (family === undefined) return;
        const read = throughBytes(family);
        // Cloned, since some that are drawn have no prototype.
        deepEqual(structuredClone(recordFamily(read)), structuredClone(recordFamily(family)));
        deepEqual(
          [read.labelNames, read.constantLabels],
          [family.labelNames, family.constantLabels],
        );
      }),
      { numRuns: 300 },
    );
  });

  it('keeps collector and time', () => {
    const { collector, answeredAt } = fromBytes(
      toBytes({ collector: 'queue "ü"', answeredAt: 1.5, families: [] }),
    )!;
    deepEqual([collector, answeredAt], ['queue "ü"', 1.5]);
  });

  it('keeps start time, exemplar and nanoseconds, and labels of any name', () => {
    deepEqual(recordFamily(throughBytes(counter)), recordFamily(counter));
  });

  it('keeps native buckets and their exemplars, listed bounds, and that there are none', () => {
    const timed = { labels: { trace_id: 't' }, value: -0, timestamp: { seconds: 5, nanos: 7 } };
    const histogram = family({ name: 'h', type: 'histogram' }, (writer) => {
      writer.histogram({
        ...empty,
        cells: [6],
        exemplars: [timed],
        native: nativeHistogram({
          schema: 3,
          zeroThreshold: 2 ** -128,
          zeroCount: 0.5,
          positive: nativeBuckets([-7, 2], [9, 1.5]),
          negative: nativeBuckets([2 ** 31 - 1, Infinity]),
          exemplars: [timed],
        }),
      });
      writer.histogram(empty);
      const positive = nativeBuckets([0, 1], [2, 3]);
      const listed = { schema: -53, positive, customBounds: [-1, 2.5] };
      writer.histogram({ ...empty, cells: [4], native: nativeHistogram(listed) });
    });
    deepEqual(recordFamily(throughBytes(histogram)), recordFamily(histogram));
  });

  it('can be walked through with pauses between its metrics', () => {
    const points: number[] = [];
    let full = false;
    const writer = {
      get full() {
        return full;
      },
      begin() {},
      label() {},
      at() {},
      number(value: number) {
        points.push(value);
        full = true;
      },
    } as Partial<FamilyWriter> as FamilyWriter;
    const walk = throughBytes(counter).walk(writer);
    equal(walk.advance(), false);
    deepEqual(points, [1]);
    equal(walk.advance(), false);
    full = false;
    equal(walk.advance(), true);
    deepEqual(points, [1, Infinity]);
  });

  it('is passed over where it is of a later version, or makes no sense', () => {
    const header = JSON.stringify({
      name: 'n',
      type: 'gauge',
      help: '',
      unit: '',
      labelNames: [],
      constantLabels: [],
    });
    for (const [text, isRead] of [
      [`[1,"c",0,[[${header},[["n",1]]]]]`, true],
      [`[2,"c",0,[[${header},[["n",1]]]]]`, false],
      [`[1,"c",0,[[${header},[["z",1]]]]]`, false],
      [`[1,"c",0,[[${header},[["toString",1]]]]]`, false],
      [`[1,"c",0,[[{"name":"n"},[]]]]`, false],
      [`[1,"c",0]`, false],
      [`[1`, false],
      ['', false],
      ['null', false],
    ] as const) {
      equal(fromBytes(new TextEncoder().encode(text)) !== undefined, isRead, text);
    }
  });
});
