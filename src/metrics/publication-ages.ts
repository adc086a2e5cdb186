/** How old the published families are that a scrape shows: an operator alerts on what is stale. */

import type { MetricFamily } from '../model/family.ts';
import { GaugeMetricFamily } from '../model/number-families.ts';
import type { PublishedFamily } from '../storage/publication.ts';

/** True of the facts about the program, which do not age. */
export function isTarget({ name, type }: MetricFamily): boolean {
  return name === 'target' && type === 'info';
}

/** The ages as a family; none where nothing is shown that ages. */
export function agesOf(published: readonly PublishedFamily[]): MetricFamily[] {
  const ages = new Map<string, number>();
  for (const family of published) {
    if (isTarget(family)) continue;
    const { collector, ageSeconds } = family.publication;
    ages.set(collector, Math.max(ages.get(collector) ?? 0, ageSeconds));
  }
  if (ages.size === 0) return [];
  const family = new GaugeMetricFamily({
    name: 'promethium_publication_age_seconds',
    help: 'Seconds since a collector answered whose families another process published.',
    unit: 'seconds',
    labelNames: ['collector'],
  });
  for (const collector of [...ages.keys()].sort()) {
    family.addMetric([collector], ages.get(collector)!);
  }
  return [family];
}
