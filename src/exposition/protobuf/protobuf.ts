/** The protobuf format on offer: the functions that write it and the name it goes by in HTTP. */

import { type ExpositionFormat, inEachScheme, keepShape } from '../format.ts';
import { type Source, type WriteOptions, write } from '../write.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/**
 * Writes metrics in protobuf: messages `io.prometheus.client.MetricFamily`, each behind its length as
 * a varint. See {@linkcode ExpositionFormat.write} on the chunks; a chunk holds whole messages.
 *
 * It alone carries native histograms to Prometheus. A family longer than a chunk is written as
 * several messages of its name, one after the other, which Prometheus reads as one.
 *
 * `created` has no effect: start times are always written.
 *
 * @throws {TypeError} When `source` is none, or an option is unknown.
 * @throws {RangeError} When `escaping` is no scheme.
 * @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/#protobuf-format | Protobuf format}
 */
export function writeProtobuf(
  source: Source,
  options: WriteOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  keepShape(ProtobufWriter);
  return write(source, new ProtobufWriter(options), options);
}

/**
 * Returns metrics in protobuf as one array of bytes, for tests and tools.
 *
 * To serve them, stream {@linkcode writeProtobuf} instead, which needs no more memory than a chunk.
 *
 * @throws {TypeError} When `source` is none, or an option is unknown.
 * @throws {RangeError} When `escaping` is no scheme.
 */
export async function toProtobuf(
  source: Source,
  options: WriteOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of writeProtobuf(source, options)) {
    chunks.push(chunk.slice());
    length += chunk.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Protobuf, which adds native histograms. Nobody gets it who does not ask for exactly this. */
export const PROTOBUF: ExpositionFormat = /* @__PURE__ */ inEachScheme(
  'protobuf',
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
  ['underscores', true],
  writeProtobuf,
);
