/** A registry whose time, collectors and failures are in the hands of a test. */

import { CollectorRegistry } from '../src/metrics/registry/registry.ts';
import type { CollectorRegistryOptions } from '../src/metrics/registry/registry-options.ts';
import type { MetricsError } from '../src/model/error.ts';
import type { Collector, MetricFamily } from '../src/model/family.ts';
import { GaugeMetricFamily } from '../src/model/number-families.ts';
import { ManualClock } from './manual-clock.ts';

/** A scrape that waits for ever fails its test rather than holding up all others. */
export const BOUNDED = { timeout: 5000 };

/** A registry with a clock by hand, and what it reports. */
export function watched(options: CollectorRegistryOptions = {}): {
  registry: CollectorRegistry;
  clock: ManualClock;
  errors: MetricsError[];
} {
  const clock = new ManualClock();
  const errors: MetricsError[] = [];
  const onError = (error: MetricsError): void => {
    errors.push(error);
  };
  return { registry: new CollectorRegistry({ clock, onError, ...options }), clock, errors };
}

/** A gauge's family with one value. */
export function gaugeFamily(name: string, value = 1): MetricFamily {
  return new GaugeMetricFamily({ name, help: '' }).addMetric([], value);
}

/** A call that a test answers by hand. */
interface Call {
  readonly promise: Promise<MetricFamily[]>;
  readonly resolve: (families: MetricFamily[]) => void;
  readonly reject: (error: Error) => void;
}

/** A collector whose calls a test answers by hand. */
export class SlowCollector implements Collector {
  readonly answers: Call[] = [];

  collect(): Promise<MetricFamily[]> {
    let settle: Omit<Call, 'promise'> | undefined;
    const promise = new Promise<MetricFamily[]>((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.answers.push({ promise, ...settle! });
    return promise;
  }
}
