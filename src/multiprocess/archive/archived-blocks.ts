/** The blocks of an archive: what ended processes kept beside the cells of a series. */

import type { KeptExemplar } from '../../aggregate/contribution.ts';
import type { FoldedSeries } from '../../aggregate/folded-parts.ts';
import type { Cells } from '../../storage/storage.ts';
import {
  EXEMPLAR_CAPACITY,
  EXEMPLAR_KIND,
  NATIVE_EXEMPLAR_KIND,
  writeExemplar,
} from '../segment/exemplar-block.ts';
import { nativeContent } from '../segment/native-record.ts';
import { QUANTILE_CAPACITY, QUANTILE_KIND, writeWindow } from '../segment/quantile-block.ts';
import type { SegmentWriter } from '../segment/segment-writer.ts';

/** Writes what is beside the cells of the series whose cells `writer` has put at `series`. */
export function writeBeside(
  writer: SegmentWriter,
  series: Cells,
  { exemplars = [], nativeExemplars = [], window, native }: FoldedSeries,
): void {
  const keep = (kind: string, kept: KeptExemplar | undefined, key: number): void => {
    if (kept === undefined) return;
    const options = { kind, key: `${key}`, series, capacity: EXEMPLAR_CAPACITY };
    writeExemplar(writer.allocateBlock(options), kept.exemplar, kept.shownUntil);
  };
  exemplars.forEach((kept, bucket) => {
    keep(EXEMPLAR_KIND, kept, bucket);
  });
  nativeExemplars.forEach((kept, number) => {
    keep(NATIVE_EXEMPLAR_KIND, kept, number);
  });
  if (native !== undefined) {
    const buckets = native.positive.length + native.negative.length;
    writer.allocateNative(series).replace(native, nativeContent(native, buckets + (buckets % 2)));
  }
  if (window === undefined || window.ages.length === 0) return;
  const options = { kind: QUANTILE_KIND, key: '', series, capacity: QUANTILE_CAPACITY };
  writeWindow(writer.allocateBlock(options), window);
}
