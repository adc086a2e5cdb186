/** What a registry says of the program as a whole: `target_info`. */

import type { Collector, FamilyHeader, MetricFamily } from '../model/family.ts';
import { InfoMetricFamily } from '../model/statement-families.ts';
import type { TargetInfo } from './registry-options.ts';

const HEADER = { name: 'target', help: 'Target metadata' };

/**
 * The family of `target_info`, as OpenMetrics has it.
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#supporting-target-metadata-in-both-push-based-and-pull-based-systems | OpenMetrics 1.0, target metadata}
 */
export class Target implements Collector {
  /** The family's name. */
  readonly name: string = HEADER.name;
  /** What is said. */
  readonly facts: TargetInfo;
  readonly #families: MetricFamily[];

  /** @throws {TypeError | RangeError} When they are not facts as info metrics take them. */
  constructor(facts: TargetInfo) {
    this.#families = [new InfoMetricFamily(HEADER).addMetric([], facts)];
    this.facts = Object.freeze({ ...facts });
  }

  /** Its one family. */
  collect(): MetricFamily[] {
    return this.#families;
  }

  /** Its names are claimed like a metric's. */
  describe(): readonly Pick<FamilyHeader, 'name' | 'type'>[] {
    return [{ name: HEADER.name, type: 'info' }];
  }
}
