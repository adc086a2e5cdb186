import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HistogramMetricFamily, SummaryMetricFamily } from './distribution-families.ts';
import type { FamilyWriter } from './family.ts';
import { CounterMetricFamily, GaugeMetricFamily } from './number-families.ts';
import { InfoMetricFamily, StateSetMetricFamily } from './statement-families.ts';
import type { Timestamp } from './timestamp.ts';

const gauge = (options: object = {}): GaugeMetricFamily =>
  new GaugeMetricFamily({ name: 'x', help: 'H.', labelNames: ['a', 'b'], ...options });

describe('CollectedFamily', () => {
  it('is untouched by what its maker does to the lists later', () => {
    const labelNames = ['a', 'b'];
    const values = ['1', '2'];
    const family = gauge({ labelNames }).addMetric(values, 1);
    labelNames[0] = 'c';
    values[0] = '3';
    deepEqual(family.samples, [{ name: 'x', labels: { a: '1', b: '2' }, value: 1 }]);
  });

  it('refuses a name, help, unit or label name of the wrong type', () => {
    throws(() => new GaugeMetricFamily({ help: '' } as never), {
      name: 'TypeError',
      message: 'gauge undefined: the name is no string, expected a metric name, got undefined',
    });
    throws(() => gauge({ help: undefined }), {
      name: 'TypeError',
      message: 'gauge "x": help is no text, expected a string, got undefined',
    });
    throws(() => gauge({ unit: 7 }), {
      name: 'TypeError',
      message: 'gauge "x": unit is no text, expected a string, got 7',
    });
    throws(() => gauge({ labelNames: 'a' }), {
      name: 'TypeError',
      message: 'gauge "x": label names are no list, expected an array of strings, got "a"',
    });
  });

  it('refuses options that it does not know, and none at all', () => {
    throws(() => gauge({ lables: ['a'] }), {
      name: 'TypeError',
      message:
        'gauge "x": unknown option, expected name, help, unit, labelNames, value, got "lables"',
    });
    throws(() => new SummaryMetricFamily({ name: 'x', help: '', value: 1 } as never), {
      name: 'TypeError',
      message: 'summary "x": unknown option, expected name, help, unit, labelNames, got "value"',
    });
    throws(() => new GaugeMetricFamily(undefined as never), {
      name: 'TypeError',
      message: 'gauge: made without options, expected { name, help, … }, got undefined',
    });
  });

  it('refuses a value where it has labels', () => {
    throws(() => gauge({ value: 3 }), {
      name: 'TypeError',
      message:
        'gauge "x": value of a family with labels, expected addMetric() for each of its values, got 3',
    });
  });

  it('takes label values by name in any order, numbers too', () => {
    const family = gauge().addMetric({ b: 2, a: 'one' }, 1);
    deepEqual(family.samples, [{ name: 'x', labels: { a: 'one', b: '2' }, value: 1 }]);
    throws(() => family.addMetric(['one', '2'], 1), { name: 'RangeError' });
    const plain = gauge({ labelNames: [] }).addMetric({}, 5);
    deepEqual(plain.samples, [{ name: 'x', labels: {}, value: 5 }]);
  });

  it('refuses labels by name that are not its own', () => {
    for (const [labels, shown] of [
      [{ a: 1 }, '["a"]'],
      [{ a: 1, c: 2 }, '["a", "c"]'],
      [{ a: 1, b: 2, c: 3 }, '["a", "b", "c"]'],
      [Object.create({ a: 1, b: 2 }), '[]'],
    ] as const) {
      throws(() => gauge().addMetric(labels, 1), {
        name: 'TypeError',
        message: `gauge "x": wrong labels, expected ["a", "b"], got ${shown}`,
      });
    }
    throws(() => gauge().addMetric({ a: 1, b: undefined as never }, 1), {
      name: 'TypeError',
      message:
        'gauge "x": label "b" has no usable value, expected a string or number, got undefined',
    });
  });

  it('refuses what it does not know of a metric, and adds nothing', () => {
    const family = gauge({ labelNames: [] });
    throws(() => family.addMetric([], 1, { timestmp: 5 } as never), {
      name: 'TypeError',
      message: 'gauge "x": unknown option of addMetric(), expected timestamp, got "timestmp"',
    });
    // As Python takes it.
    throws(() => family.addMetric([], 1, 5 as never), {
      name: 'TypeError',
      message: 'gauge "x": addMetric() refused, expected { timestamp }, got 5',
    });
    deepEqual(family.samples, []);
    const unknown = { name: 'x', help: '' };
    for (const [add, message] of [
      [
        () => new CounterMetricFamily(unknown).addMetric([], 1, { examplar: {} } as never),
        'counter "x": unknown option of addMetric(), expected timestamp, created, exemplar, got "examplar"',
      ],
      [
        () => new SummaryMetricFamily(unknown).addMetric([], { count: 1, sum: 1, q: [] } as never),
        'summary "x": unknown option of addMetric(), expected count, sum, quantiles, created, timestamp, got "q"',
      ],
      [
        () => new HistogramMetricFamily(unknown).addMetric([], undefined as never),
        'histogram "x": addMetric() refused, expected { buckets, sum, created, timestamp }, got undefined',
      ],
      [
        () => new InfoMetricFamily(unknown).addMetric([], {}, { created: 1 } as never),
        'info "x": unknown option of addMetric(), expected timestamp, got "created"',
      ],
      [
        () => new StateSetMetricFamily(unknown).addMetric([], {}, { created: 1 } as never),
        'stateset "x": unknown option of addMetric(), expected timestamp, got "created"',
      ],
    ] as const) {
      throws(add, { name: 'TypeError', message });
    }
  });

  it('refuses a name that is not allowed', () => {
    throws(() => gauge({ name: '' }), { name: 'RangeError' });
    throws(() => gauge({ labelNames: ['__a'] }), {
      name: 'RangeError',
      message: 'gauge "x": reserved label name, expected another name, got "__a"',
    });
  });

  it('makes the unit the last word of the name, where it is not', () => {
    for (const [name, expected] of [
      ['x', 'x_seconds'],
      ['x_seconds', 'x_seconds'],
      ['xseconds', 'xseconds_seconds'],
    ]) {
      const family = gauge({ name, unit: 'seconds' });
      deepEqual([family.name, family.unit], [expected, 'seconds']);
    }
    const counter = new CounterMetricFamily({ name: 'x_total', help: 'H.', unit: 'seconds' });
    deepEqual(counter.addMetric([], 1).samples, [
      { name: 'x_seconds_total', labels: {}, value: 1 },
    ]);
  });

  it('refuses a unit where the type has none', () => {
    throws(() => new InfoMetricFamily({ name: 'x_info', help: 'H.', unit: 'seconds' }), {
      name: 'RangeError',
      message: 'info "x": unit on a metric that has none, expected no unit, got "seconds"',
    });
  });

  it('refuses label values that do not fit the label names', () => {
    for (const [values, shown] of [
      [['1'], '["1"]'],
      [['1', '2', '3'], '["1", "2", "3"]'],
      [[], '[]'],
      [undefined, 'undefined'],
      ['12', '"12"'],
    ] as const) {
      throws(() => gauge().addMetric(values as never, 1), {
        name: 'RangeError',
        message: `gauge "x": wrong label values, expected 2 for ["a", "b"], got ${shown}`,
      });
    }
    throws(() => gauge().addMetric(['1', undefined as never], 1), {
      name: 'TypeError',
      message:
        'gauge "x": label "b" has no usable value, expected a string or number, got undefined',
    });
  });

  it('refuses a time that is none', () => {
    const family = gauge({ labelNames: [] });
    const message = (shown: string): string =>
      `gauge "x": timestamp is no time, expected Unix seconds, got ${shown}`;
    for (const [timestamp, shown] of [
      ['now', '"now"'],
      [null, 'null'],
      [new Date(0), 'an object of class Date'],
      [1n, '1n'],
      [{ seconds: 1 }, 'an object'],
      [{ seconds: 1.5, nanos: 0 }, 'an object'],
      [{ seconds: 1, nanos: 1e9 }, 'an object'],
      [{ seconds: 1, nanos: -1 }, 'an object'],
    ] as const) {
      throws(() => family.addMetric([], 1, { timestamp: timestamp as never }), {
        name: 'TypeError',
        message: message(shown),
      });
    }
    for (const timestamp of [Number.NaN, Infinity]) {
      throws(() => family.addMetric([], 1, { timestamp }), {
        name: 'RangeError',
        message: message(`${timestamp}`),
      });
    }
    deepEqual(family.samples, []);
  });

  it('refuses a series that it has, and takes one at another time', () => {
    const family = new GaugeMetricFamily({ name: 'x', help: '', labelNames: ['a', 'b'] });
    family.addMetric(['1', '2'], 1).addMetric(['1,2', ''], 1).addMetric(['12', ''], 1);
    const twice = (values: string[], timestamp?: Timestamp): void =>
      throws(() => family.addMetric(values, 2, timestamp === undefined ? {} : { timestamp }), {
        name: 'RangeError',
        message: `gauge "x": the same series twice, expected other label values or another timestamp, got ${JSON.stringify(values).replace(',', ', ')}`,
      });
    twice(['1', '2']);
    family.addMetric(['1', '2'], 1, { timestamp: 1.5 });
    twice(['1', '2'], { seconds: 1, nanos: 500_000_000 });
    family.addMetric(['1', '2'], 1, { timestamp: { seconds: 1, nanos: 500_000_001 } });
    equal(family.samples.length, 5);
  });

  it('takes half surrogate pairs for what they are read as', () => {
    const family = new GaugeMetricFamily({ name: 'x', help: '', labelNames: ['a'] });
    family.addMetric(['\ud83d'], 1);
    deepEqual(family.samples, [{ name: 'x', labels: { a: '\ufffd' }, value: 1 }]);
    throws(() => family.addMetric(['\ude00'], 1), {
      name: 'RangeError',
      message:
        'gauge "x": the same series twice, expected other label values or another timestamp, got ["\ufffd"]',
    });
  });

  it('tells facts apart, in whatever order they come', () => {
    const family = new InfoMetricFamily({ name: 'x', help: '' });
    family.addMetric([], { a: '1', b: '2' }).addMetric([], { a: '2', b: '1' });
    throws(() => family.addMetric([], { b: '2', a: '1' }), {
      name: 'RangeError',
      message:
        'info "x": the same series twice, expected other label values or another timestamp, got []',
    });
  });

  it('keeps labels whose names are those of objects’ own properties', () => {
    const labelNames = ['constructor', 'toString'];
    const family = gauge({ labelNames }).addMetric(['__proto__', 'x'], 1);
    const [sample] = family.samples;
    deepEqual(Object.entries(sample!.labels), [
      ['constructor', '__proto__'],
      ['toString', 'x'],
    ]);
  });

  it('pauses its walk between metrics where the writer is full', () => {
    const family = new InfoMetricFamily({ name: 'x', help: '' })
      .addMetric([], { a: 1 })
      .addMetric([], { a: 2 });
    const calls: unknown[] = [];
    let full = true;
    const walk = family.walk({
      get full() {
        return full;
      },
      begin: ({ name }: { name: string }) => calls.push(name),
      info: (pairs: unknown) => {
        calls.push(pairs);
        full = true;
      },
    } as unknown as FamilyWriter);
    equal(walk.advance(), false);
    deepEqual(calls, ['x']);
    full = false;
    equal(walk.advance(), false);
    deepEqual(calls, ['x', [['a', '1']]]);
    full = false;
    equal(walk.advance(), true);
    deepEqual(calls, ['x', [['a', '1']], [['a', '2']]]);
    walk.close();
  });
});
