/** How old the published families are that a scrape shows: an operator alerts on what is stale. */

import { pointsFamily } from '../../model/composed-family.ts';
import type { FamilyHeader, FamilyWriter, MetricFamily } from '../../model/family.ts';
import type { PublishedFamily } from '../../storage/publication.ts';

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
  const header: FamilyHeader = {
    name: 'promethium_publication_age_seconds',
    type: 'gauge',
    help: 'Seconds since a collector answered whose families another process published.',
    unit: 'seconds',
    labelNames: ['collector'],
    constantLabels: [],
  };
  const points = [...ages.keys()].sort().map((collector) => ({
    labelValues: [collector],
    write: (to: FamilyWriter) => to.number(ages.get(collector)!),
  }));
  return [pointsFamily(header, points)];
}
