/** Protobuf, `io.prometheus.client.MetricFamily`, each message behind its length. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { FamilyHeader, HistogramPoint, SummaryPoint } from '../../model/family.ts';
import type { Pair, Pairs } from '../../model/labels.ts';
import { typeSuffix } from '../../model/name.ts';
import type { RowCursor, RowWriter } from '../../model/number-rows.ts';
import type { Timestamp } from '../../model/timestamp.ts';
import { ExposedNames } from '../exposed-names.ts';
import { toWholeMilliseconds } from '../timestamp.ts';
import type { ChunkWriter, WriteOptions } from '../write.ts';
import { ProtobufBytes, varintSize } from './protobuf-bytes.ts';
import { exemplarMessage } from './protobuf-exemplar.ts';
import { COMPOSITE, COUNTER, COUNTER_START, METRIC, TYPES, VALUE } from './protobuf-fields.ts';
import { writeHistogram, writeNativeExemplars } from './protobuf-histogram.ts';
import { ProtobufLabels } from './protobuf-labels.ts';
import { ProtobufRows } from './protobuf-rows.ts';
import { writeSummary } from './protobuf-summary.ts';
import { ProtobufStart } from './protobuf-time.ts';

/** Enough that the cost of handing a chunk on is nothing beside that of filling it. */
const CHUNK_BYTES = 64 * 1024;

/** Where a chunk counts as full, so that most points that begin before it end within the buffer. */
const FULL_BYTES = 56 * 1024;

/** What the length of a family takes where it has the size of a chunk. */
const LENGTH_GAP = 3;

/** From here on labels are not copied with their metric in one go. */
const LONG_LABELS = 256;

/** Fields of `MetricFamily`, beside its metrics. */
const NAME = 0x0a;
const HELP = 0x12;
const TYPE = 0x18;
const UNIT = 0x2a;

const TIMESTAMP_MS = 0x30;
const EXEMPLAR = 0x12;

/** The start times of messages that have more than a number. */
const SUMMARY_START = 0x22;
const HISTOGRAM_START = 0x7a;

/**
 * Writes families in protobuf. Native histograms, start times and units are always written; info
 * metrics and state sets are gauges there, as in text.
 *
 * A family longer than a chunk becomes several messages of its name, one a chunk, since the length
 * stands before the message: a scrape of any size takes the room of a chunk. To Prometheus, which
 * takes a message as what it says of a family, it is one. A single line of a histogram or a summary
 * has no place and is counted as left out.
 */
export class ProtobufWriter implements ChunkWriter, RowWriter {
  readonly names: ExposedNames;
  readonly #chunk = new ProtobufBytes(CHUNK_BYTES);
  readonly #labels = new ProtobufLabels();
  /** What each message of the family begins and ends with. */
  readonly #head = new ProtobufBytes(256);
  readonly #foot = new ProtobufBytes(64);
  /** The point at hand, and the start time in its message. */
  readonly #point = new ProtobufBytes(1024);
  readonly #start = new ProtobufStart();
  readonly #rows = new ProtobufRows(this.#start);
  readonly #writeRows = (cursor: RowCursor): void => {
    const { length } = this.#chunk;
    const isNew = this.#message === 0;
    if (isNew) this.#open();
    const begun = this.#chunk.length;
    const family = { labels: this.#labels, field: this.#field };
    this.#rows.write(cursor, this.#chunk, FULL_BYTES, family);
    if (!isNew || this.#chunk.length > begun) return;
    // No row was left: a message without metrics says nothing.
    this.#chunk.length = length;
    this.#message = 0;
  };
  #family: FamilyHeader | undefined;
  #field = 0;
  #stateLabel = '';
  #milliseconds: number | undefined;
  /** Where the message at hand begins, behind the room for its length; 0 where there is none. */
  #message = 0;
  #mark = 0;

  /** Begins an exposition, with names in the scheme `escaping`. */
  constructor({ escaping }: Pick<WriteOptions, 'escaping'> = {}) {
    this.names = new ExposedNames(escaping, { inQuotes: false });
  }

  get full(): boolean {
    return this.#chunk.length >= FULL_BYTES;
  }

  /** Rows are copied in a way that takes short names and constant labels. */
  get numberRows(): ((cursor: RowCursor) => void) | undefined {
    return this.#labels.plain ? this.#writeRows : undefined;
  }

  take(): Uint8Array {
    this.#end();
    const chunk = this.#chunk.bytes.subarray(0, this.#chunk.length);
    this.#chunk.length = 0;
    this.#mark = 0;
    return chunk;
  }

  mark(): void {
    this.#end();
    this.#mark = this.#chunk.length;
  }

  rewind(): void {
    this.#chunk.length = this.#mark;
    this.#message = 0;
  }

  finish(): void {
    this.#end();
  }

  begin(family: FamilyHeader): void {
    this.#end();
    const { names } = this;
    const { name, type, help, unit, constantLabels, labelNames } = family;
    const [typeNumber, field] = TYPES[type];
    this.#family = family;
    this.#field = field;
    this.#milliseconds = undefined;
    this.#stateLabel = type === 'stateset' ? names.label(name) : '';
    this.#head.length = 0;
    this.#head.text(NAME, names.metric(family) + typeSuffix(type));
    this.#head.text(HELP, help);
    this.#head.byte(TYPE);
    this.#head.byte(typeNumber);
    this.#foot.length = 0;
    if (unit !== '') this.#foot.text(UNIT, unit);
    this.#labels.begin(
      constantLabels.map(([label, value]) => [names.label(label), value]),
      labelNames.map((label) => names.label(label)),
    );
    this.#open();
  }

  label(depth: number, value: string): void {
    this.#labels.label(depth, value);
  }

  at(timestamp: Timestamp): void {
    this.#milliseconds = toWholeMilliseconds(timestamp);
  }

  number(value: number, created?: number, exemplar?: Exemplar): void {
    const field = this.#field;
    const start = this.#start;
    start.set(COUNTER_START, field === COUNTER ? created : undefined);
    const { bytes: labels, plain } = this.#labels;
    const isShort = plain && start.plain && labels.length < LONG_LABELS;
    if (isShort && exemplar === undefined && this.#milliseconds === undefined) {
      if (this.#message === 0) this.#open();
      this.#chunk.nestedDouble(METRIC, labels, field, value, start.bytes);
      return;
    }
    const out = this.#point;
    out.length = 0;
    out.double(VALUE, value);
    if (exemplar !== undefined && field === COUNTER) {
      const message = exemplarMessage(exemplar, this.names);
      if (message !== undefined) out.message(EXEMPLAR, message);
    }
    out.copy(start.bytes, 0, start.bytes.length);
    this.#metric();
  }

  histogram(point: HistogramPoint): void {
    const out = this.#point;
    const { created, native } = point;
    out.length = 0;
    writeHistogram(out, point, this.names);
    if (this.#family?.type === 'histogram') this.#startTime(HISTOGRAM_START, created);
    if (native !== undefined) writeNativeExemplars(out, native, this.names);
    this.#metric();
  }

  summary(point: SummaryPoint): void {
    const out = this.#point;
    out.length = 0;
    writeSummary(out, point);
    this.#startTime(SUMMARY_START, point.created);
    this.#metric();
  }

  info(pairs: Pairs): void {
    const { names } = this;
    const { name, constantLabels, labelNames } = this.#family!;
    const own = [...constantLabels.map(([label]) => label), ...labelNames];
    const facts = names.labels(
      pairs,
      own.map((label) => names.label(label)),
    );
    if (facts === undefined) {
      names.omit({ name }, 'label');
      this.#milliseconds = undefined;
    } else {
      this.#valueWith(facts, 1);
    }
  }

  stateSet(states: readonly string[], on: (state: number) => boolean): void {
    const milliseconds = this.#milliseconds;
    for (let i = 0; i < states.length; i++) {
      this.#milliseconds = milliseconds;
      this.#valueWith([[this.#stateLabel, states[i]!]], on(i) ? 1 : 0);
    }
    this.#milliseconds = undefined;
  }

  sample(suffix: string, extra: Pair | undefined, value: number, exemplar?: Exemplar): void {
    const { type } = this.#family!;
    if (suffix === typeSuffix(type) && !COMPOSITE.has(type)) {
      const pairs: Pairs = extra === undefined ? [] : [[this.names.label(extra[0]), extra[1]]];
      this.#valueWith(pairs, value, exemplar);
      return;
    }
    // A start time stands with what it is the start of.
    if (suffix !== '_created') this.names.omit(this.#family!, 'format');
    this.#milliseconds = undefined;
  }

  #valueWith(extra: Pairs, value: number, exemplar?: Exemplar): void {
    const { bytes } = this.#labels;
    const { length } = bytes;
    for (const pair of extra) this.#labels.add(pair);
    this.number(value, undefined, exemplar);
    bytes.length = length;
  }

  /** Writes the metric of the point at hand. */
  #metric(): void {
    if (this.#message === 0) this.#open();
    const out = this.#chunk;
    const point = this.#point;
    const labels = this.#labels.bytes;
    const milliseconds = this.#milliseconds;
    const time = milliseconds === undefined ? 0 : 1 + integerSize(milliseconds);
    out.byte(METRIC);
    out.varint(labels.length + 1 + varintSize(point.length) + point.length + time);
    out.copy(labels, 0, labels.length);
    out.message(this.#field, point);
    if (milliseconds === undefined) return;
    out.byte(TIMESTAMP_MS);
    out.integer(milliseconds);
    this.#milliseconds = undefined;
  }

  #startTime(tag: number, created: number | undefined): void {
    const start = this.#start;
    start.set(tag, created);
    this.#point.copy(start.bytes, 0, start.bytes.length);
  }

  #open(): void {
    this.#message = this.#chunk.length + LENGTH_GAP;
    this.#chunk.reserve(LENGTH_GAP);
    this.#chunk.length = this.#message;
    this.#chunk.copy(this.#head, 0, this.#head.length);
  }

  #end(): void {
    if (this.#message === 0) return;
    this.#chunk.copy(this.#foot, 0, this.#foot.length);
    this.#chunk.prefix(this.#chunk.length - this.#message, LENGTH_GAP);
    this.#message = 0;
  }
}

/** How many bytes an int64 takes. */
function integerSize(value: number): number {
  return value < 0 ? 10 : varintSize(value);
}
