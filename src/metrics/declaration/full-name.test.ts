import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toOpenMetrics } from '../../exposition/index.ts';
import type { MetricFamily } from '../../model/family.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Enum } from '../instruments/enum.ts';
import { Gauge } from '../instruments/gauge.ts';
import { Info } from '../instruments/info.ts';
import { CollectorRegistry } from '../registry/registry.ts';

const help = 'H.';

function named(options: object): readonly [string, string, string] {
  const metric = new Counter({ name: '', help, registry: null, ...options });
  const [family] = metric.collect() as MetricFamily[];
  return [metric.name, family!.name, family!.unit];
}

describe('A metric’s name', () => {
  const cases: readonly (readonly [object, string, string, string])[] = [
    [{ name: 'c' }, 'c', 'c', ''],
    [{ name: 'c_total', namespace: 'n', subsystem: 's' }, 'n_s_c_total', 'n_s_c', ''],
    [{ name: 'c', namespace: 'n' }, 'n_c', 'n_c', ''],
    [{ name: 'c', subsystem: 's', namespace: '' }, 's_c', 's_c', ''],
    [{ name: 'c_total', unit: 'seconds' }, 'c_seconds_total', 'c_seconds', 'seconds'],
    [{ name: 'c', unit: 'seconds' }, 'c_seconds', 'c_seconds', 'seconds'],
    [{ name: 'c_seconds_total', unit: 'seconds' }, 'c_seconds_total', 'c_seconds', 'seconds'],
    [{ name: 'cseconds', unit: 'seconds' }, 'cseconds_seconds', 'cseconds_seconds', 'seconds'],
    [{ name: 'c_total_total' }, 'c_total_total', 'c_total', ''],
    [{ name: 'seconds', namespace: 'n', unit: 'seconds' }, 'n_seconds', 'n_seconds', 'seconds'],
  ];
  for (const [options, name, family, unit] of cases) {
    it(`is ${name} for ${JSON.stringify(options)}`, () => {
      deepEqual(named(options), [name, family, unit]);
    });
  }

  it('is shown with its unit by OpenMetrics', async () => {
    const registry = new CollectorRegistry();
    new Gauge({ name: 'age', help, unit: 'seconds', namespace: 'app', registry }).set(3);
    equal(
      await toOpenMetrics(registry),
      '# TYPE app_age_seconds gauge\n# UNIT app_age_seconds seconds\n# HELP app_age_seconds H.\napp_age_seconds 3\n# EOF\n',
    );
  });

  it('is claimed whole', () => {
    const registry = new CollectorRegistry();
    new Histogram({ name: 'h', help, namespace: 'n', unit: 'bytes', registry });
    deepEqual(registry.names, [
      'n_h_bytes',
      'n_h_bytes_bucket',
      'n_h_bytes_sum',
      'n_h_bytes_count',
      'n_h_bytes_created',
    ]);
  });

  const refused: readonly (readonly [() => unknown, string, string])[] = [
    [
      () => named({ name: '', namespace: 'n' }),
      'RangeError',
      'counter "": not a metric name, expected text that is not empty, got ""',
    ],
    [
      () => named({ name: 'c', namespace: 1 }),
      'TypeError',
      'counter "c": namespace is no text, expected a string, got 1',
    ],
    [
      () => named({ name: 'c', subsystem: null }),
      'TypeError',
      'counter "c": subsystem is no text, expected a string, got null',
    ],
    [
      () => named({ name: 'c', unit: 1 }),
      'TypeError',
      'counter "c": unit is no text, expected a string, got 1',
    ],
    [
      () => new Info({ name: 'i', help, unit: 'seconds' } as never),
      'RangeError',
      'info "i": unit on a metric that has none, expected no unit, got "seconds"',
    ],
    [
      () => new Enum({ name: 'e', help, states: ['a'], unit: 'seconds' } as never),
      'RangeError',
      'enum "e": unit on a metric that has none, expected no unit, got "seconds"',
    ],
  ];
  for (const [declare, name, message] of refused) {
    it(`is refused: ${message}`, () => {
      throws(declare, { name, message });
    });
  }
});
