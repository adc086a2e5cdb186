/**
 * The series of this process: in its file, or on the heap as long as there is no room for a file. When
 * there is one, and what is done where there is none, `own-file-life.ts` knows.
 */

import type { Contribution } from '../../aggregate/contribution.ts';
import type { StoredFamily } from '../../model/cells.ts';
import type { Pairs } from '../../model/labels.ts';
import type { Cells } from '../../storage/storage.ts';
import { HeapSpace } from '../segment/heap-space.ts';
import { newId } from '../segment/segment-id.ts';
import { type FamilyRecord, SegmentWriter } from '../segment/segment-writer.ts';
import type { Pace } from '../system/pace.ts';
import { processLabel } from '../system/process-identity.ts';
import { OwnContents, type OwnPart } from './own-contents.ts';
import { type BesideSeries, OwnFamily, type SeriesOwner } from './own-family.ts';
import { OwnFileLife, type OwnFileLifeOptions } from './own-file-life.ts';

/** Where and as whom to count. */
export interface OwnSeriesOptions
  extends Omit<OwnFileLifeOptions, 'startTime' | 'begun' | 'onOpen' | 'declare'> {
  /** Told of series that are to be shown no more, whoever counted them. */
  readonly onForget?: (family: StoredFamily, labelValues: readonly string[] | undefined) => void;
}

/** Hands out cells in this process's file. */
export class OwnSeries implements SeriesOwner {
  readonly #options: OwnSeriesOptions;
  /** The last declaration of each name. */
  readonly #declared = new Map<string, OwnFamily>();
  readonly #times: { readonly startTime: number; readonly begun: number };
  readonly #file: OwnFileLife;
  #heapPart: OwnPart | undefined;
  #unshared = 0;
  #declarations = 0;

  /** Nothing is opened yet. */
  constructor(options: OwnSeriesOptions) {
    this.#options = options;
    this.#times = { startTime: Date.now() / 1000, begun: options.clock() };
    this.#file = new OwnFileLife({
      ...options,
      ...this.#times,
      onOpen: (writer) => {
        for (const declared of this.#declared.values()) recordBy(writer, declared);
      },
      declare: (family) => this.declare(family),
    });
  }

  /** The id of the file, once there is one, until it is left to others to read. */
  get id(): string | undefined {
    return this.#file.ownPart?.id;
  }

  /** True once there is something that has its place in the directory. */
  get needsDirectory(): boolean {
    return !this.#options.readOnly && this.#declared.size > 0;
  }

  /** How many series are on the heap although they should be in a file. */
  get unshared(): number {
    return this.#options.readOnly ? 0 : this.#unshared + this.#file.unshared;
  }

  /** Remembers a family and returns what hands out its cells. Never throws. */
  declare(family: StoredFamily): OwnFamily {
    const declared = new OwnFamily(family, ++this.#declarations, this);
    this.#declared.set(family.name, declared);
    // A family without series is shown as well, so that it must be in the file once there is one.
    this.#file.attempt((writer) => recordBy(writer, declared));
    return declared;
  }

  /** Writes what is no series into the file, which is made if need be. Nothing where it has no room. */
  inFile<Result>(write: (writer: SegmentWriter) => Result): Result | undefined {
    this.#file.open();
    return this.#file.attempt(write);
  }

  /** What this process counted, in its file and on its heap. */
  async contributions(pace: Pace): Promise<Contribution[]> {
    if (this.#declared.size > 0) this.#file.open();
    this.#file.keep();
    if (this.#file.part === undefined) {
      for (const declared of this.#declared.values()) this.#recordOnHeap(declared);
    }
    const about = { process: processLabel(this.#options.identity), startTime: this.#times.begun };
    const parts = [this.#file.ownPart, this.#heapPart].filter((part) => part !== undefined);
    // In the same turn as the copies below: what a scrape shows may not be lost to the next one,
    // which another process answers, or this one's heir after a SIGKILL.
    this.flush();
    const read = (part: OwnPart): Promise<Contribution> => {
      part.contents ??= new OwnContents(part.writer, part.path);
      return part.contents.read({ ...about, id: part.id }, pace);
    };
    return Promise.all(parts.map(read));
  }

  /** Writes what was counted, where it is written behind. Never throws. */
  flush(): void {
    this.#file.flush();
  }

  /** Writes the last of it and lets go of the file. What is counted later stays on the heap. */
  close(): void {
    this.#file.close();
  }

  /** {@inheritDoc SeriesOwner.allocate} */
  allocate(declared: OwnFamily, labelValues: readonly string[], pairs: Pairs | undefined): Cells {
    this.#file.open();
    const place = this.#file.attempt((writer) =>
      writer.allocate(recordBy(writer, declared), labelValues, pairs),
    );
    if (place !== undefined) return place;
    const record = this.#recordOnHeap(declared);
    this.#unshared++;
    return this.#heap().writer.allocate(record, labelValues, pairs);
  }

  /** {@inheritDoc SeriesOwner.release} */
  release(place: Cells): void {
    if (this.#file.part?.writer.release(place) === true) return;
    if (this.#heapPart?.writer.release(place) === true) this.#unshared--;
  }

  /** {@inheritDoc SeriesOwner.beside} */
  beside<Made>(series: Cells, make: (where: BesideSeries) => Made): Made | undefined {
    const file = this.#file;
    const onFailure = (error: unknown): void => file.failed(error);
    const writer = this.#heapPart?.writer;
    if (writer?.owns(series.cells)) {
      return make({ writer, series, onFailure, attempt: (write) => write() });
    }
    if (!file.part?.writer.owns(series.cells)) return undefined;
    return file.attempt((writer) =>
      make({ writer, series, onFailure, attempt: (write) => file.attempt(() => write()) }),
    );
  }

  /** Forgets a declaration whose series were all given back; a later one of its name stays. */
  withdraw(declared: OwnFamily): void {
    const { family, inFile, onHeap } = declared;
    if (this.#declared.get(family.name) === declared) this.#declared.delete(family.name);
    if (inFile !== undefined) this.#file.part?.writer.withdraw(inFile);
    if (onHeap !== undefined) this.#heapPart?.writer.withdraw(onHeap);
  }

  /** {@inheritDoc SeriesOwner.forget} */
  forget({ family }: OwnFamily, labelValues: readonly string[] | undefined): void {
    this.#options.onForget?.(family, labelValues);
  }

  #recordOnHeap(declared: OwnFamily): FamilyRecord {
    declared.onHeap ??= this.#heap().writer.declare(declared.family, declared.number);
    return declared.onHeap;
  }

  #heap(): OwnPart {
    if (this.#heapPart !== undefined) return this.#heapPart;
    const id = newId();
    const { identity } = this.#options;
    const header = { ...identity, ...this.#times, id, locked: false };
    const writer = new SegmentWriter(new HeapSpace(), header);
    this.#heapPart = { id, writer, path: 'heap' };
    return this.#heapPart;
  }
}

function recordBy(writer: SegmentWriter, declared: OwnFamily): FamilyRecord {
  declared.inFile ??= writer.declare(declared.family, declared.number);
  return declared.inFile;
}
