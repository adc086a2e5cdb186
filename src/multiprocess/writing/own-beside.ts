/** What lies beside the cells of this process's series: each is made with the first use of it. */

import type { NativeSettings } from '../../model/native-resolution.ts';
import type { Cells, SeriesStorage } from '../../storage/storage.ts';
import { EXEMPLAR_KIND, NATIVE_EXEMPLAR_KIND } from '../segment/exemplar-block.ts';
import type { SegmentWriter } from '../segment/segment-writer.ts';
import { OwnExemplar } from './own-exemplar.ts';
import { OwnNative } from './own-native.ts';
import { OwnQuantiles } from './own-quantiles.ts';

/** A series, and what can be done beside it. */
export interface BesideSeries {
  /** Writes the file, or the memory, that the series lies in. */
  readonly writer: SegmentWriter;
  readonly series: Cells;
  /** Says that there was no room. */
  readonly onFailure: (error: unknown) => void;
  /** Runs what may find no room; `undefined` when it found none, and for a while after. */
  readonly attempt: <Result>(write: () => Result) => Result | undefined;
}

/** Makes what lies beside a series' cells; nothing where there is no room, or no such series. */
export type MakeBeside = <Made>(
  series: Cells,
  make: (where: BesideSeries) => Made,
) => Made | undefined;

/** The places that instruments ask for. */
export function placesBeside(
  beside: MakeBeside,
): Required<Pick<SeriesStorage, 'exemplarPlace' | 'nativeExemplarPlace' | 'quantilePlace'>> {
  const exemplar = (
    series: Cells,
    kind: typeof EXEMPLAR_KIND | typeof NATIVE_EXEMPLAR_KIND,
    key: number,
  ) =>
    beside(
      series,
      ({ writer, onFailure }) => new OwnExemplar(writer, series, onFailure, kind, key),
    );
  return {
    exemplarPlace: (series, bucket) => exemplar(series, EXEMPLAR_KIND, bucket),
    nativeExemplarPlace: (series, number) => exemplar(series, NATIVE_EXEMPLAR_KIND, number),
    quantilePlace: (series) =>
      beside(series, ({ writer, onFailure }) => new OwnQuantiles(writer, series, onFailure)),
  };
}

/** A new series with its native buckets; without where there are to be none, or no room for them. */
export function withNative(
  series: Cells,
  settings: NativeSettings | undefined,
  beside: MakeBeside,
): Cells {
  if (settings === undefined) return series;
  const native = beside(series, ({ writer, attempt }) => {
    return new OwnNative({ settings, record: writer.allocateNative(series), attempt });
  });
  return native === undefined ? series : { ...series, native };
}
