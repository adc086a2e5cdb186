import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleLines } from '../../../test/sample-lines.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { CollectorRegistry } from '../registry/registry.ts';

const help = 'H.';

describe('Known label values', () => {
  it('are there from the beginning where all labels have them', async () => {
    const registry = new CollectorRegistry();
    new Counter({
      name: 'c',
      help,
      labelNames: ['a', 'b'],
      labelValues: { a: ['x', 'y', 'x'], b: [1, 2] },
      registry,
    });
    deepEqual(await sampleLines(registry), [
      'c_total{a="x",b="1"} 0',
      'c_total{a="x",b="2"} 0',
      'c_total{a="y",b="1"} 0',
      'c_total{a="y",b="2"} 0',
    ]);
  });

  it('leave the other labels open, whose values initialize() is given', async () => {
    const registry = new CollectorRegistry();
    const labelValues = { a: ['x', 'y'] } as const;
    const made = new Gauge({ name: 'g', help, labelNames: ['a', 'b'], labelValues, registry });
    deepEqual(await sampleLines(registry), []);
    made.initialize({ b: [7] });
    made.initialize({ a: ['x'], b: [7, 8] });
    deepEqual(await sampleLines(registry), [
      'g{a="x",b="7"} 0',
      'g{a="x",b="8"} 0',
      'g{a="y",b="7"} 0',
    ]);
    const message = 'gauge "g": unknown value of label "a", expected "x", "y", got "z"';
    throws(() => made.labels('z' as never, 1), { name: 'RangeError', message });
    throws(() => made.labels({ a: 'z' as never, b: 1 }), { name: 'RangeError', message });
    throws(() => made.initialize({ a: ['z' as never], b: [1] }), { name: 'RangeError', message });
    throws(() => made.initialize({} as never), {
      name: 'TypeError',
      message:
        'gauge "g": no values for label "b", expected an array of strings and numbers, got undefined',
    });
    throws(() => made.initialize({ b: [1], c: [1] } as never), {
      name: 'TypeError',
      message: 'gauge "g": initialize() of an unknown label, expected one of ["a", "b"], got "c"',
    });
  });

  const refused: readonly (readonly [object, string, string])[] = [
    [
      { labelValues: [] },
      'TypeError',
      'labelValues is none, expected an object by label name, got []',
    ],
    [
      { labelValues: { z: ['1'] } },
      'TypeError',
      'labelValues of an unknown label, expected one of ["a"], got "z"',
    ],
    [
      { labelValues: { a: [] } },
      'TypeError',
      'no values for label "a", expected an array of strings and numbers, got []',
    ],
    [
      { labelValues: { a: [true] } },
      'TypeError',
      'label "a" has no usable value, expected a string or number, got true',
    ],
    [
      { labelValues: { a: ['1', '2'] }, maxChildren: 1 },
      'RangeError',
      'too many combinations of label values, expected at most 1, got 2',
    ],
    [
      { labelDefaults: { z: '1' } },
      'TypeError',
      'labelDefaults of an unknown label, expected one of ["a"], got "z"',
    ],
    [
      { labelDefaults: { a: 'z' }, labelValues: { a: ['1'] } },
      'RangeError',
      'unknown value of label "a", expected "1", got "z"',
    ],
    [
      { maxChildren: 0 },
      'RangeError',
      'maxChildren is no limit, expected a whole number > 0, got 0',
    ],
    [
      { maxChildren: '5' },
      'TypeError',
      'maxChildren is no limit, expected a whole number > 0, got "5"',
    ],
    [
      { labelNames: [], maxChildren: 5 },
      'TypeError',
      'maxChildren on a metric without labels, expected label names, got none',
    ],
    [
      { maxIdleSeconds: -1 },
      'RangeError',
      'maxIdleSeconds is no limit, expected seconds > 0, got -1',
    ],
    [
      { maxIdleSeconds: 1, labelValues: { a: ['1'] } },
      'TypeError',
      'maxIdleSeconds on children that are always there, expected a label of any value, got 1',
    ],
  ];
  for (const [options, name, message] of refused) {
    it(`are refused with "${message}"`, () => {
      const registry = new CollectorRegistry();
      const given = { name: 'g', help, labelNames: ['a'], registry, ...options } as never;
      throws(() => new Gauge(given), { name, message: `gauge "g": ${message}` });
      deepEqual(registry.names, []);
    });
  }
});

describe('Label defaults', () => {
  it('stand for labels that are not given by name', async () => {
    const registry = new CollectorRegistry();
    const made = new Counter({
      name: 'c',
      help,
      labelNames: ['a', 'b', 'c'],
      labelDefaults: { a: 'A', c: 3 },
      registry,
    });
    const child = made.labels({ b: 'x' });
    for (const labels of [
      { b: 'x', a: 'A' },
      { c: 3, b: 'x' },
      { a: 'A', b: 'x' },
      { a: 'A', b: 'x', c: undefined as never },
      { a: 'A', b: 'x', c: '3' },
    ]) {
      equal(made.labels(labels), child);
      equal(made.labels({ ...labels }), child);
    }
    equal(made.labels('A', 'x', '3'), child);
    throws(() => made.labels({ a: 'A' } as never), {
      message: 'counter "c": wrong labels, expected ["a", "b", "c"], got ["a"]',
    });
    throws(() => made.labels({ b: 'x', z: 1 } as never), {
      message: 'counter "c": wrong labels, expected ["a", "b", "c"], got ["b", "z"]',
    });
    throws(() => made.labels({ b: 'x', a: null } as never), {
      message: 'counter "c": label "a" has no usable value, expected a string or number, got null',
    });
    equal(made.remove({ b: 'x' }), true);
    equal(made.childCount, 0);
  });

  it('also stand for a label that is called like an object’s own property', () => {
    const made = new Counter({
      name: 'c',
      help,
      labelNames: ['constructor'],
      labelDefaults: { constructor: 'x' },
      registry: null,
    });
    equal(made.labels({} as never), made.labels('x'));
    equal(made.labels({} as never), made.labels('x'));
  });
});
