/** The blocks of an archive: what ended processes kept beside the cells of a series. */

import type { FoldedSeries } from '../aggregate/folded-parts.ts';
import type { Cells } from '../storage/storage.ts';
import { EXEMPLAR_CAPACITY, EXEMPLAR_KIND, writeExemplar } from './exemplar-block.ts';
import { QUANTILE_CAPACITY, QUANTILE_KIND, writeWindow } from './quantile-block.ts';
import type { SegmentWriter } from './segment-writer.ts';

/** Writes the exemplars and the window of the series whose cells `writer` has put at `series`. */
export function writeBeside(
  writer: SegmentWriter,
  series: Cells,
  { exemplars = [], window }: Pick<FoldedSeries, 'exemplars' | 'window'>,
): void {
  exemplars.forEach((kept, bucket) => {
    if (kept === undefined) return;
    const options = { kind: EXEMPLAR_KIND, key: `${bucket}`, series, capacity: EXEMPLAR_CAPACITY };
    writeExemplar(writer.allocateBlock(options), kept.exemplar, kept.shownUntil);
  });
  if (window === undefined || window.ages.length === 0) return;
  const options = { kind: QUANTILE_KIND, key: '', series, capacity: QUANTILE_CAPACITY };
  writeWindow(writer.allocateBlock(options), window);
}
