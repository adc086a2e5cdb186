/**
 * One declaration of this process's series: what hands out their cells, and the places beside them. A
 * class, since the first metric of a process would wait for the functions of an object to be made.
 */

import type { StoredFamily } from '../../model/cells.ts';
import type { Pairs } from '../../model/labels.ts';
import type { Cells, SeriesStorage } from '../../storage/storage.ts';
import { EXEMPLAR_KIND, NATIVE_EXEMPLAR_KIND } from '../segment/exemplar-block.ts';
import type { FamilyRecord, SegmentWriter } from '../segment/segment-writer.ts';
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

/** What puts series of any declaration where they lie. */
export interface SeriesOwner {
  /** Returns cells of a new series, which has nothing beside it. Never throws. */
  allocate(family: OwnFamily, labelValues: readonly string[], pairs: Pairs | undefined): Cells;
  /** Takes cells back. */
  release(place: Cells): void;
  /** Makes what lies beside a series' cells; nothing where there is no room, or no such series. */
  beside<Made>(series: Cells, make: (where: BesideSeries) => Made): Made | undefined;
  /** Forgets a declaration whose series were all given back. */
  withdraw(family: OwnFamily): void;
  /** Takes what ended processes counted of the series with these label values, or of all. */
  forget(family: OwnFamily, labelValues: readonly string[] | undefined): void;
}

/** A declaration, with its record in the file and in the memory that stands in for it. */
export class OwnFamily implements SeriesStorage {
  readonly family: StoredFamily;
  /** Counts the declarations: the last one of a name is the one that holds. */
  readonly number: number;
  inFile: FamilyRecord | undefined;
  onHeap: FamilyRecord | undefined;
  readonly #owner: SeriesOwner;

  /** It has no record yet. */
  constructor(family: StoredFamily, number: number, owner: SeriesOwner) {
    this.family = family;
    this.number = number;
    this.#owner = owner;
  }

  /** {@inheritDoc SeriesStorage.allocate} */
  allocate(labelValues: readonly string[], pairs?: Pairs): Cells {
    const series = this.#owner.allocate(this, labelValues, pairs);
    return this.family.native === undefined ? series : this.#withNative(series);
  }

  /** {@inheritDoc SeriesStorage.release} */
  release(place: Cells): void {
    this.#owner.release(place);
  }

  /** {@inheritDoc SeriesStorage.exemplarPlace} */
  exemplarPlace(series: Cells, bucket: number): OwnExemplar | undefined {
    return this.#exemplarPlace(series, EXEMPLAR_KIND, bucket);
  }

  /** {@inheritDoc SeriesStorage.nativeExemplarPlace} */
  nativeExemplarPlace(series: Cells, number: number): OwnExemplar | undefined {
    return this.#exemplarPlace(series, NATIVE_EXEMPLAR_KIND, number);
  }

  /** {@inheritDoc SeriesStorage.quantilePlace} */
  quantilePlace(series: Cells): OwnQuantiles | undefined {
    return this.#owner.beside(
      series,
      ({ writer, onFailure }) => new OwnQuantiles(writer, series, onFailure),
    );
  }

  /** {@inheritDoc SeriesStorage.withdraw} */
  withdraw(): void {
    this.#owner.withdraw(this);
  }

  /** {@inheritDoc SeriesStorage.forget} */
  forget(labelValues?: readonly string[]): void {
    this.#owner.forget(this, labelValues);
  }

  #exemplarPlace(
    series: Cells,
    kind: typeof EXEMPLAR_KIND | typeof NATIVE_EXEMPLAR_KIND,
    key: number,
  ): OwnExemplar | undefined {
    return this.#owner.beside(
      series,
      ({ writer, onFailure }) => new OwnExemplar(writer, series, onFailure, kind, key),
    );
  }

  /** A new series with its native buckets; without where there is no room for them. */
  #withNative(series: Cells): Cells {
    const settings = this.family.native!;
    const native = this.#owner.beside(series, ({ writer, attempt }) => {
      return new OwnNative({ settings, record: writer.allocateNative(series), attempt });
    });
    return native === undefined ? series : { ...series, native };
  }
}
