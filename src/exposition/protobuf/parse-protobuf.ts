/** The parser of protobuf, for a document at once and for one that arrives in parts. */

import { show } from '../../model/error.ts';
import type { MetricFamily } from '../../model/family.ts';
import { typeSuffix } from '../../model/name.ts';
import { FamilyBuilder } from '../parse/parse-builder.ts';
import { MessageStream } from './parse-protobuf-messages.ts';
import { MetricReader, typeOf } from './parse-protobuf-metric.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

/** What a message says of its family beside the metrics. */
interface Header {
  readonly name: string;
  readonly help: string;
  readonly unit: string;
  readonly typeNumber: number;
}

/** Reads messages, and makes one family of those that follow each other with one name and type. */
class ProtobufParser {
  readonly #metrics = new MetricReader();
  #header: Header | undefined;
  #builder: FamilyBuilder | undefined;

  /** Reads a `MetricFamily`, and returns the one before where that is complete. */
  read(cursor: ProtobufCursor): MetricFamily | undefined {
    const header = readHeader(cursor);
    let complete: MetricFamily | undefined;
    const { name, typeNumber } = header;
    if (name !== this.#header?.name || typeNumber !== this.#header.typeNumber) {
      complete = this.end();
      this.#builder = makeBuilder(header);
      this.#header = header;
    }
    while (cursor.next()) {
      if (cursor.field === 4) this.#metrics.read(cursor, this.#builder!, typeNumber);
      else cursor.passOver();
    }
    return complete;
  }

  /** The last family. */
  end(): MetricFamily | undefined {
    const family = this.#builder?.build();
    this.#builder = undefined;
    return family;
  }
}

/**
 * A parser that has read something, and a family, for V8 to remember what those look like, as for the
 * other parsers.
 */
const kept: unknown[] = [];

function keepShapes(): void {
  if (kept.length > 0) return;
  for (const ends of [true, false]) {
    const parser = new ProtobufParser();
    const messages = new MessageStream();
    messages.push(specimen());
    kept.push(parser, messages, ...readComplete(parser, messages));
    if (ends) kept.push(parser.end());
  }
}

/** The counters `a_total{b="1"}`, once more, and `a_total{b="2"}`, of one value and one start time. */
function specimen(): Uint8Array {
  const metric = (value: number): number[] => [
    ...[0x22, 23, 0x0a, 6, 0x0a, 1, 98, 0x12, 1, value],
    ...[0x1a, 13, 0x09, 0, 0, 0, 0, 0, 0, 240, 63, 0x1a, 2, 0x08, 1],
  ];
  const name = Array.from('a_total', (character) => character.charCodeAt(0));
  const family = [0x0a, name.length, ...name, 0x18, 0, ...metric(49), ...metric(49), ...metric(50)];
  return Uint8Array.of(family.length, ...family);
}

/**
 * Reads protobuf: messages `io.prometheus.client.MetricFamily`, each behind its length as a varint.
 *
 * Messages of one name and type that follow each other are one family, as
 * {@linkcode writeProtobuf} writes one that is longer than a chunk. A counter whose name does not end
 * in `_total` becomes an unknown, since a counter family has no place for it; info metrics and state
 * sets, which the format does not have, come back as the gauges that they were written as. Buckets of
 * a classic histogram that are no whole one are kept as lines; a native histogram that is none is
 * refused, as Prometheus does.
 *
 * @throws {ParseError} When the document is none of the format, with `offset`.
 * @throws {TypeError} When `document` is no `Uint8Array`.
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#protobuf-format | Protobuf format}
 */
export function parseProtobuf(document: Uint8Array): MetricFamily[] {
  requireBytes(document);
  keepShapes();
  const messages = new MessageStream();
  messages.push(document);
  const parser = new ProtobufParser();
  const families = [...readComplete(parser, messages)];
  messages.finish();
  const last = parser.end();
  if (last !== undefined) families.push(last);
  return families;
}

/**
 * Reads protobuf as {@linkcode parseProtobuf} does, from chunks as they arrive, and yields each
 * family when the next one begins. Chunks may be written over once the next one is asked for.
 *
 * @throws {ParseError} When the document is none of the format.
 * @throws {TypeError} When a chunk is no `Uint8Array`.
 */
export async function* parseProtobufChunks(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<MetricFamily, void, undefined> {
  keepShapes();
  const parser = new ProtobufParser();
  const messages = new MessageStream();
  for await (const chunk of chunks) {
    requireBytes(chunk);
    messages.push(chunk);
    yield* readComplete(parser, messages);
    messages.keep();
  }
  messages.finish();
  const last = parser.end();
  if (last !== undefined) yield last;
}

function* readComplete(parser: ProtobufParser, messages: MessageStream): Generator<MetricFamily> {
  for (let cursor = messages.next(); cursor !== undefined; cursor = messages.next()) {
    const family = parser.read(cursor);
    if (family !== undefined) yield family;
  }
}

/** Reads all but the metrics, which may stand before it, and goes back to the beginning. */
function readHeader(cursor: ProtobufCursor): Header {
  const { at } = cursor;
  let [name, help, unit, typeNumber] = ['', '', '', 0];
  while (cursor.next()) {
    if (cursor.field === 1) name = cursor.text();
    else if (cursor.field === 2) help = cursor.text();
    else if (cursor.field === 3) typeNumber = readType(cursor);
    else if (cursor.field === 5) unit = cursor.text();
    else cursor.passOver();
  }
  if (name === '') cursor.refuseAt(at, 'a family without a name', 'a name', '""');
  cursor.at = at;
  return { name, help, unit, typeNumber };
}

function readType(cursor: ProtobufCursor): number {
  const number = cursor.signed();
  if (typeOf(number) === undefined) cursor.refuse('no type', 'a number from 0 to 5', `${number}`);
  return number;
}

function makeBuilder({ name, help, unit, typeNumber }: Header): FamilyBuilder {
  const type = typeOf(typeNumber)!;
  const suffix = typeSuffix(type);
  const fits = name.endsWith(suffix) && name.length > suffix.length;
  const builder = new FamilyBuilder(fits ? name.slice(0, name.length - suffix.length) : name);
  builder.type = fits ? type : 'unknown';
  builder.help = help;
  builder.unit = unit;
  return builder;
}

function requireBytes(value: unknown): asserts value is Uint8Array {
  if (value instanceof Uint8Array) return;
  throw new TypeError(`protobuf "document": no bytes, expected a Uint8Array, got ${show(value)}`);
}
