/**
 * The classic buckets of a histogram. Listed bounds of a native one are such, for every format that is
 * exposed and for cells, none of which has a place for schema -53.
 *
 * @see {@link https://prometheus.io/docs/specs/native_histograms/ | Native histograms with custom buckets}
 */

import type { HistogramPoint } from './family.ts';
import { CUSTOM_BOUNDS_SCHEMA, type NativeHistogram } from './native-histogram.ts';

/** Bounds, and how many observations are below each. */
export type ClassicBuckets = Pick<HistogramPoint, 'bounds' | 'cells' | 'index' | 'cumulative'>;

/** The buckets of the point itself, or where it has none those that its native part lists. */
export function classicBuckets(point: HistogramPoint): ClassicBuckets {
  const { native } = point;
  if (native === undefined || native.schema !== CUSTOM_BOUNDS_SCHEMA) return point;
  return point.bounds.length > 0 ? point : listed(native);
}

function listed({
  customBounds,
  positive: { length, indices, counts },
}: NativeHistogram): ClassicBuckets {
  const cells = new Float64Array(customBounds.length + 1);
  for (let i = 0; i < length; i++) {
    const place = indices[i]!;
    if (place >= 0 && place < cells.length) cells[place] = counts[i]!;
  }
  return { bounds: customBounds, cells, index: 0, cumulative: false };
}
