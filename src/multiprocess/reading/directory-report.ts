/** What went wrong in a directory, as metrics: an operator alerts on these, not on a log. */

import type { Disagreement } from '../../aggregate/agreement.ts';
import type { MetricFamily } from '../../model/family.ts';
import { GaugeMetricFamily } from '../../model/number-families.ts';
import type { DirectoryReading } from './directory-reading.ts';

/** What there is to report of one scrape. */
export interface Faults extends Pick<DirectoryReading, 'failures'> {
  /** What the processes did not agree on. */
  readonly disagreements: readonly Disagreement[];
  /** How many series this process keeps where no other one sees them. */
  readonly unshared: number;
  /** How many answers of this process's collectors are too long to be published. */
  readonly unpublished: number;
}

/**
 * Turns what went wrong into families. A kind of fault is shown from the first time it happens on,
 * and goes back to 0 when it is over; a service that never had one shows nothing.
 */
export class DirectoryReport {
  readonly #reasons = new Map<string, number>();
  #hadUnshared = false;
  #hadUnpublished = false;

  /** The families to be shown beside the merged ones. */
  families({ failures, disagreements, unshared, unpublished }: Faults): MetricFamily[] {
    for (const reason of this.#reasons.keys()) this.#reasons.set(reason, 0);
    for (const { reason } of failures) {
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    }
    if (unshared > 0) this.#hadUnshared = true;
    if (unpublished > 0) this.#hadUnpublished = true;
    const families: MetricFamily[] = [];
    if (this.#reasons.size > 0) families.push(unreadableFiles(this.#reasons));
    if (disagreements.length > 0) families.push(disagreeingDeclarations(disagreements));
    if (this.#hadUnshared) families.push(unsharedSeries(unshared));
    if (this.#hadUnpublished) families.push(unpublishedCollectors(unpublished));
    return families;
  }
}

function unsharedSeries(count: number): MetricFamily {
  return new GaugeMetricFamily({
    name: 'promethium_unshared_series',
    help: 'Series that the process which answers keeps on its heap, for want of a file: no other process shows them.',
  }).addMetric([], count);
}

function unpublishedCollectors(count: number): MetricFamily {
  return new GaugeMetricFamily({
    name: 'promethium_unpublished_collectors',
    help: 'Collectors of the process which answers whose families are too many to be published: no other process shows them.',
  }).addMetric([], count);
}

function unreadableFiles(reasons: ReadonlyMap<string, number>): MetricFamily {
  const family = new GaugeMetricFamily({
    name: 'promethium_unreadable_files',
    help: 'Files of the shared directory that this scrape had to leave out; 1 for the directory itself.',
    labelNames: ['reason'],
  });
  for (const reason of [...reasons.keys()].sort()) {
    family.addMetric([reason], reasons.get(reason)!);
  }
  return family;
}

function disagreeingDeclarations(disagreements: readonly Disagreement[]): MetricFamily {
  const family = new GaugeMetricFamily({
    name: 'promethium_disagreeing_declarations',
    help: 'Processes that declare a metric otherwise than the newest process does.',
    labelNames: ['family', 'aspect'],
  });
  for (const { family: name, aspect, declarations } of disagreements) {
    family.addMetric([name, aspect], declarations);
  }
  return family;
}
