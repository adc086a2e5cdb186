/** What a registry says of the program as a whole: `target_info`. */

import { pointsFamily } from '../../model/composed-family.ts';
import { toFacts } from '../../model/facts.ts';
import type { Collector, FamilyHeader, MetricFamily } from '../../model/family.ts';
import type { TargetInfo } from './registry-options.ts';

const HEADER: FamilyHeader = {
  name: 'target',
  type: 'info',
  help: 'Target metadata',
  unit: '',
  labelNames: [],
  constantLabels: [],
};

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
    const pairs = toFacts('info "target"', HEADER, [], facts);
    this.#families = [pointsFamily(HEADER, [{ labelValues: [], write: (to) => to.info(pairs) }])];
    this.facts = Object.freeze({ ...facts });
  }

  /** Its one family. */
  collect(): MetricFamily[] {
    return this.#families;
  }

  /** Its names are claimed like a metric's. */
  describe(): readonly Pick<FamilyHeader, 'name' | 'type'>[] {
    return [HEADER];
  }
}
