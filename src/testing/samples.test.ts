import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Histogram } from '../metrics/histograms/histogram.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { Collector } from '../model/family.ts';
import { GaugeMetricFamily } from '../model/number-families.ts';
import { getSampleValue, samples } from './index.ts';

function registered(): CollectorRegistry {
  const registry = new CollectorRegistry({ constantLabels: { zone: 'z' } });
  const counter = new Counter({ name: 'c', help: 'C.', labelNames: ['a'], registry });
  counter.labels('x').inc(3);
  counter.labels('__proto__').inc(4);
  new Histogram({ name: 'h', help: 'H.', buckets: [1], registry }).observe(0.5);
  return registry;
}

describe('getSampleValue', () => {
  it('reads a sample by its name and all of its labels', async () => {
    const registry = registered();
    equal(await getSampleValue(registry, 'c_total', { a: 'x', zone: 'z' }), 3);
    equal(await getSampleValue(registry, 'c_total', { zone: 'z', a: '__proto__' }), 4);
    equal(await getSampleValue(registry, 'h_bucket', { le: '1.0', zone: 'z' }), 1);
    equal(await getSampleValue(registry, 'h_sum', { zone: 'z' }), 0.5);
  });

  it('finds nothing by less, more or other', async () => {
    const registry = registered();
    for (const [name, labels] of [
      ['c_total', { a: 'x' }],
      ['c_total', { a: 'x', zone: 'z', b: '' }],
      ['c_total', { a: 'y', zone: 'z' }],
      ['c_total', { a: 'x', constructor: 'z' }],
      ['c', { a: 'x', zone: 'z' }],
      ['d', {}],
    ] as const) {
      equal(await getSampleValue(registry, name, { ...labels }), undefined);
    }
    equal(await getSampleValue(registry, 'h_sum'), undefined);
  });

  it('reads a metric, a child and a collector alone', async () => {
    const counter = new Counter({ name: 'c', help: 'C.', labelNames: ['a'], registry: null });
    counter.labels(1).inc();
    equal(await getSampleValue(counter, 'c_total', { a: 1 }), 1);
    equal(await getSampleValue(counter.labels(1), 'c_total'), 1);
    const collector = {
      collect: async () => [new GaugeMetricFamily({ name: 'g', help: '' }).addMetric([], 7)],
    };
    equal(await getSampleValue(collector, 'g'), 7);
  });

  it('rejects where there are several', async () => {
    const family = new GaugeMetricFamily({ name: 'g', help: '' });
    family.addMetric([], 7, { timestamp: 1 }).addMetric([], 8, { timestamp: 2 });
    await rejects(getSampleValue({ collect: () => [family] }, 'g'), {
      name: 'RangeError',
      message: 'sample "g": several with these labels, expected one, got [7, 8]',
    });
  });

  const refused: readonly (readonly [unknown[], string])[] = [
    [[null, 'c'], 'samples: no source, expected an object with collect(), got null'],
    [[registered(), 1], 'sample 1: no name, expected a string, got 1'],
    [
      [registered(), 'c', 'a'],
      'sample "c": labels are none, expected an object of strings and numbers, got "a"',
    ],
  ];
  for (const [given, message] of refused) {
    it(`refuses with "${message}"`, async () => {
      const [source, name, labels] = given as [Collector, string, object];
      await rejects(getSampleValue(source, name, labels as never), { name: 'TypeError', message });
    });
  }
});

describe('samples', () => {
  it('are those of all families, in the order of a scrape', async () => {
    deepEqual(await samples(registered()), [
      { name: 'c_total', labels: { zone: 'z', a: 'x' }, value: 3 },
      { name: 'c_total', labels: { zone: 'z', a: '__proto__' }, value: 4 },
      { name: 'h_bucket', labels: { zone: 'z', le: '1.0' }, value: 1 },
      { name: 'h_bucket', labels: { zone: 'z', le: '+Inf' }, value: 1 },
      { name: 'h_sum', labels: { zone: 'z' }, value: 0.5 },
      { name: 'h_count', labels: { zone: 'z' }, value: 1 },
    ]);
  });
});
