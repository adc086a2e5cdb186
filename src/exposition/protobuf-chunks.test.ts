import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decoded, empty, family } from '../../test/decoded-families.ts';
import { decodeFamilies } from '../../test/oracle/protobuf.ts';
import { GaugeMetricFamily } from '../model/number-families.ts';
import { toProtobuf, writeProtobuf } from './protobuf/protobuf.ts';

describe('writeProtobuf, of what is long or fails,', () => {
  it('writes labels and texts of any length', async () => {
    const lengths = [
      0, 1, 100, 118, 119, 120, 126, 127, 128, 129, 255, 256, 16_379, 16_380, 16_384,
    ];
    const values = lengths.flatMap((length) => ['x'.repeat(length), `${'y'.repeat(length)}é`]);
    const pads = Array.from({ length: 9 }, (_, length) => 'p'.repeat(length));
    for (const constant of ['c', 'c'.repeat(300)]) {
      const made = family(
        { name: 'a', type: 'gauge', labelNames: ['b', 'd'], constantLabels: [['e', constant]] },
        (writer) => {
          for (const value of values) {
            writer.label(0, value);
            for (const inner of ['', 'z', value]) {
              writer.label(1, inner);
              writer.number(1);
            }
          }
        },
        (writer) => {
          // Behind a length whose bytes, FF 7F, would be a NaN with those before them.
          for (const pad of pads) {
            writer.label(0, pad);
            writer.label(1, 'x'.repeat(16_383));
            writer.number(2);
            writer.label(0, pad);
            writer.number(3);
          }
        },
      );
      const bytes = await toProtobuf({ collect: () => [made, made] });
      const shown = (decodeFamilies(bytes) as { metric: { label: { value: string }[] }[] }[])
        .flatMap(({ metric }) => metric)
        .map(({ label }) => label.map(({ value }) => value));
      const expected = [
        ...values.flatMap((value) => ['', 'z', value].map((inner) => [constant, value, inner])),
        ...pads.flatMap((pad) => [
          [constant, pad, 'x'.repeat(16_383)],
          [constant, pad],
        ]),
      ];
      deepEqual(shown, [...expected, ...expected]);
    }
  });

  it('writes a family longer than a chunk as messages of one name, each of them whole', async () => {
    const made = new GaugeMetricFamily({
      name: 'a_bytes',
      help: 'h',
      unit: 'bytes',
      labelNames: ['b'],
    });
    for (let i = 0; i < 10_000; i++) made.addMetric([i], i);
    let last = -1;
    let chunks = 0;
    for await (const chunk of writeProtobuf({ collect: () => [made] })) {
      ok(chunk.length < 64 * 1024, `${chunk.length} bytes`);
      chunks++;
      for (const { metric, ...header } of decodeFamilies(chunk) as {
        metric: { label: [{ value: string }]; gauge: { value: number } }[];
      }[]) {
        deepEqual(header, { name: 'a_bytes', help: 'h', type: 'GAUGE', unit: 'bytes' });
        for (const { label, gauge } of metric) {
          equal(gauge.value, ++last);
          equal(label[0].value, `${last}`);
        }
      }
    }
    equal(last, 9999);
    equal(chunks, 5);
  });

  it('writes a point that is longer than a chunk, and than a megabyte', async () => {
    for (const size of [10_000, 200_000]) {
      const bounds = Array.from({ length: size }, (_, i) => i);
      const cells = Float64Array.from({ length: size + 1 }, () => 1);
      const [first] = (await decoded(
        family({ name: 'a', type: 'histogram' }, (writer) =>
          writer.histogram({ ...empty, bounds, cells }),
        ),
        family({ name: 'b', type: 'gauge' }),
      )) as [{ metric: [{ histogram: { bucket: { upperBound: number }[] } }] }, unknown];
      const { bucket } = first.metric[0].histogram;
      deepEqual(
        bucket.map(({ upperBound }) => upperBound),
        bounds,
      );
    }
  });

  it('leaves out a family that throws, and keeps those beside it', async () => {
    const fail = (): never => {
      throw new Error('no value');
    };
    const gauge = (name: string) => family({ name, type: 'gauge' }, (writer) => writer.number(1));
    const names = (
      (await decoded(
        gauge('a'),
        family({ name: 'b', type: 'gauge' }, (writer) => writer.number(1), fail),
        gauge('d'),
      )) as { name: string; metric: unknown[] }[]
    ).map(({ name, metric }) => [name, metric.length]);
    deepEqual(names, [
      ['a', 1],
      ['d', 1],
      ['promethium_exposition_omissions', 1],
    ]);
  });
});
