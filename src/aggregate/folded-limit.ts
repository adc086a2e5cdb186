/**
 * As many series of the dead as a metric may have children: what is too much goes to the one for the
 * rest, as it does in a process. Otherwise processes that each count under labels of their own would
 * leave an archive that grows for ever.
 */

import { OVERFLOW } from '../model/label-value.ts';
import type { Contribution } from './contribution.ts';
import type { FamilyLayout } from './family-layout.ts';

/**
 * Leaves `layout` the series that the limit of its family allows, and the one for the rest beside
 * them. Those of an archive stay, since their totals must not fall; the others come by their labels.
 */
export function withinLimit(
  layout: FamilyLayout,
  contributions: readonly Contribution[],
): FamilyLayout {
  const { family, labelValues, width } = layout;
  const { maxChildren: limit = Infinity, labelNames } = family;
  const rest = labelValues.findIndex(isRest);
  if (labelNames.length === 0 || labelValues.length - (rest < 0 ? 0 : 1) <= limit) return layout;
  const wasKept = archived(layout, contributions);
  const order = [...labelValues.keys()].filter((series) => series !== rest);
  const chosen = new Set([...order.filter((series) => wasKept.has(series)), ...order]);
  const kept = [...chosen].slice(0, limit).sort((one, other) => one - other);
  const places = new Int32Array(labelValues.length).fill(kept.length);
  for (const [place, series] of kept.entries()) places[series] = place;
  return {
    ...layout,
    shared: new Int16Array(kept.length + 1).fill(-1),
    labelValues: [...kept.map((series) => labelValues[series]!), labelNames.map(() => OVERFLOW)],
    transfers: layout.transfers.map((transfer) => ({
      ...transfer,
      destinations: transfer.destinations.map((cell) => places[cell / width]! * width),
    })),
  };
}

function isRest(values: readonly string[]): boolean {
  return values.every((value) => value === OVERFLOW);
}

/** The series that an archive has. */
function archived(
  { transfers, width }: FamilyLayout,
  contributions: readonly Contribution[],
): Set<number> {
  const series = new Set<number>();
  for (const { contributor, destinations } of transfers) {
    if (contributions[contributor]!.folded === undefined) continue;
    for (const cell of destinations) series.add(cell / width);
  }
  return series;
}
