import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CounterMetricFamily, GaugeMetricFamily, UnknownMetricFamily } from './number-families.ts';

const exemplar = { labels: { trace_id: 'a' }, value: 1 };

describe('CounterMetricFamily', () => {
  it('shows its metrics as samples that end in _total', () => {
    const family = new CounterMetricFamily({
      name: 'packets_total',
      help: 'Packets received.',
      labelNames: ['interface', 'direction'],
    })
      .addMetric(['eth0', 'in'], 3)
      .addMetric(['eth0', 'out'], 0, { created: 1700000000, exemplar, timestamp: 1700000001.5 });
    equal(family.name, 'packets');
    equal(family.type, 'counter');
    equal(family.help, 'Packets received.');
    equal(family.unit, '');
    deepEqual(family.samples, [
      { name: 'packets_total', labels: { interface: 'eth0', direction: 'in' }, value: 3 },
      {
        name: 'packets_total',
        labels: { interface: 'eth0', direction: 'out' },
        value: 0,
        timestamp: 1700000001.5,
        exemplar,
      },
    ]);
  });

  it('takes its value at once, as any other', () => {
    const family = new CounterMetricFamily({ name: 'c', help: '', value: 7 });
    deepEqual(family.samples, [{ name: 'c_total', labels: {}, value: 7 }]);
    throws(() => new CounterMetricFamily({ name: 'c', help: '', value: -1 }), {
      name: 'RangeError',
      message: 'counter "c": not a count, expected a number >= 0, got -1',
    });
  });

  it('takes Infinity, and refuses what no counter can show', () => {
    const family = new CounterMetricFamily({ name: 'c', help: '' });
    deepEqual(family.addMetric([], Infinity).samples, [
      { name: 'c_total', labels: {}, value: Infinity },
    ]);
    for (const value of [-1, -Infinity, Number.NaN]) {
      throws(() => family.addMetric([], value), {
        name: 'RangeError',
        message: `counter "c": not a count, expected a number >= 0, got ${value}`,
      });
    }
    throws(() => family.addMetric([], 1n as never), {
      name: 'TypeError',
      message: 'counter "c": value is no number, expected a number, got 1n',
    });
    throws(() => family.addMetric([], 1, { created: new Date(0) as never }), {
      name: 'TypeError',
      message:
        'counter "c": start time is no time, expected Unix seconds, got an object of class Date',
    });
    throws(() => family.addMetric([], 1, { created: Number.NaN }), {
      name: 'RangeError',
      message: 'counter "c": start time is no time, expected Unix seconds, got NaN',
    });
    equal(family.samples.length, 1);
  });
});

for (const [Family, type] of [
  [GaugeMetricFamily, 'gauge'],
  [UnknownMetricFamily, 'unknown'],
] as const) {
  describe(Family.name, () => {
    it('takes its value at once', () => {
      const family = new Family({ name: 'x', help: '', labelNames: [], value: 0 });
      deepEqual(family.samples, [{ name: 'x', labels: {}, value: 0 }]);
      throws(() => new Family({ name: 'x', help: '', value: null as never }), {
        name: 'TypeError',
        message: `${type} "x": value is no number, expected a number, got null`,
      });
    });

    it('shows its metrics as samples under its own name', () => {
      const family = new Family({
        name: 'room_temperature_celsius',
        help: 'How warm it is.',
        unit: 'celsius',
        labelNames: ['room'],
      })
        .addMetric(['kitchen'], -4.5)
        .addMetric([7], Number.NaN, { timestamp: { seconds: 1700000000, nanos: 1 } });
      equal(family.type, type);
      equal(family.unit, 'celsius');
      deepEqual(family.samples, [
        { name: 'room_temperature_celsius', labels: { room: 'kitchen' }, value: -4.5 },
        {
          name: 'room_temperature_celsius',
          labels: { room: '7' },
          value: Number.NaN,
          timestamp: { seconds: 1700000000, nanos: 1 },
        },
      ]);
    });

    it('refuses a value that is no number', () => {
      const family = new Family({ name: 'x', help: '' });
      for (const [value, shown] of [
        ['1', '"1"'],
        [undefined, 'undefined'],
        [null, 'null'],
        [true, 'true'],
        [{}, 'an object'],
      ] as const) {
        throws(() => family.addMetric([], value as never), {
          name: 'TypeError',
          message: `${type} "x": value is no number, expected a number, got ${shown}`,
        });
      }
      deepEqual(family.samples, []);
    });
  });
}
