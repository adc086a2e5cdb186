/** Protobuf read by programs of others: protobufjs, and Google's own compiler. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { protocBinary } from '../setup/oracles.ts';

const file = join(import.meta.dirname, 'metrics.proto');
const MetricFamily = protobuf.loadSync(file).lookupType('io.prometheus.client.MetricFamily');
const binary = protocBinary();

/** The reason to skip what needs protoc, or false where it is installed. */
export const withoutProtoc: string | false =
  binary === undefined && 'no protoc on the PATH: apt-get install protobuf-compiler';

/** The messages, each without its length. */
export function splitMessages(bytes: Uint8Array): Uint8Array[] {
  const reader = protobuf.Reader.create(bytes);
  const messages: Uint8Array[] = [];
  while (reader.pos < reader.len) messages.push(reader.bytes());
  return messages;
}

/** The families as protobufjs reads them: the fields that are there, in the order of their numbers. */
export function decodeFamilies(bytes: Uint8Array): unknown[] {
  return splitMessages(bytes).map((message) =>
    MetricFamily.toObject(MetricFamily.decode(message), { longs: Number, enums: String }),
  );
}

/** What protobufjs makes of families that are given as {@linkcode decodeFamilies} returns them. */
export function encodeFamilies(families: readonly object[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const family of families) {
    writer.bytes(MetricFamily.encode(MetricFamily.fromObject(family)).finish());
  }
  return writer.finish();
}

/** One message as protoc shows it; fields that it does not know stand there by number. */
export function protocDecode(message: Uint8Array): string {
  return protoc('--decode', message).toString();
}

/** One message in the words of {@linkcode protocDecode} as protoc's bytes. */
export function protocEncode(text: string): Uint8Array {
  return protoc('--encode', Buffer.from(text));
}

function protoc(action: '--decode' | '--encode', input: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync(
    binary!,
    [`--proto_path=${import.meta.dirname}`, `${action}=io.prometheus.client.MetricFamily`, file],
    { input },
  );
  if (status !== 0) throw new Error(`protoc ${action}: ${stderr}`);
  return stdout;
}
