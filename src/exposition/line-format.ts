/**
 * What the formats whose samples are lines have in common: chunks, names, labels and the points that each
 * of them writes in the same lines. What else there is of a family is each format's own.
 */

import type { Exemplar } from '../model/exemplar.ts';
import type { FamilyHeader, HistogramPoint, SummaryPoint } from '../model/family.ts';
import type { Pair, Pairs } from '../model/labels.ts';
import type { Timestamp } from '../model/timestamp.ts';
import type { EscapingScheme } from './escaping.ts';
import { ExposedNames } from './exposed-names.ts';
import { type ExemplarText, LineWriter } from './line-writer.ts';
import type { ChunkWriter } from './write.ts';

/** A writer of lines, without what tells the formats apart. */
export abstract class LineFormat implements ChunkWriter {
  readonly names: ExposedNames;
  /** For the formats, and no private fields, which they could not read. */
  protected readonly lines: LineWriter;
  protected family: FamilyHeader | undefined;

  /** Begins an exposition, with names in the scheme `escaping`, and with exemplars if the format has any. */
  constructor(escaping: EscapingScheme | undefined, exemplarText?: ExemplarText) {
    this.names = new ExposedNames(escaping);
    this.lines = new LineWriter(this.names, exemplarText);
  }

  get full(): boolean {
    return this.lines.full;
  }

  take(): Uint8Array {
    return this.lines.take();
  }

  mark(): void {
    this.lines.mark();
  }

  rewind(): void {
    this.lines.rewind();
  }

  abstract finish(): void;

  abstract begin(family: FamilyHeader): void;

  label(depth: number, value: string): void {
    this.lines.label(depth, value);
  }

  abstract at(timestamp: Timestamp): void;

  abstract number(value: number, created?: number, exemplar?: Exemplar): void;

  abstract histogram(point: HistogramPoint): void;

  abstract summary(point: SummaryPoint): void;

  info(pairs: Pairs): void {
    this.lines.info(this.family!, pairs);
    this.lines.time = '';
  }

  stateSet(states: readonly string[], on: (state: number) => boolean): void {
    this.lines.stateSet(states, on);
    this.lines.time = '';
  }

  abstract sample(
    suffix: string,
    extra: Pair | undefined,
    value: number,
    exemplar?: Exemplar,
  ): void;

  /** The label that a sample has beside those of its metric, if any, under the name that is written. */
  protected extra(extra: Pair | undefined): Pairs {
    return extra === undefined ? [] : [[this.names.label(extra[0]), extra[1]]];
  }
}
