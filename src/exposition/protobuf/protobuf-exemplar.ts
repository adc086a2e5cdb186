/** Exemplars as protobuf: the message `Exemplar`. */

import { type Exemplar, exemplarLength, MAX_EXEMPLAR_CODE_POINTS } from '../../model/exemplar.ts';
import type { ExposedNames } from '../exposed-names.ts';
import { ProtobufBytes } from './protobuf-bytes.ts';
import { writeLabel } from './protobuf-labels.ts';
import { toWholeTime, writeTime } from './protobuf-time.ts';

/** `value` and `timestamp` of `Exemplar`. */
const VALUE = 0x11;
const TIMESTAMP = 0x1a;

const exemplarBytes = /* @__PURE__ */ new ProtobufBytes(256);
const timeBytes = /* @__PURE__ */ new ProtobufBytes(32);

/**
 * Returns the inside of an exemplar's message, borrowed until the next one; `undefined` where the
 * exemplar is left out: its labels are longer than Prometheus keeps, or two of them have one name
 * once they are escaped.
 */
export function exemplarMessage(
  { labels, value, timestamp }: Exemplar,
  names: ExposedNames,
): ProtobufBytes | undefined {
  if (exemplarLength(labels) > MAX_EXEMPLAR_CODE_POINTS) return undefined;
  const pairs = names.labels(Object.entries(labels));
  if (pairs === undefined) return undefined;
  exemplarBytes.length = 0;
  for (const pair of pairs) writeLabel(exemplarBytes, pair);
  exemplarBytes.double(VALUE, value);
  const time = timestamp === undefined ? undefined : toWholeTime(timestamp);
  if (time !== undefined) {
    timeBytes.length = 0;
    writeTime(timeBytes, time);
    exemplarBytes.message(TIMESTAMP, timeBytes);
  }
  return exemplarBytes;
}
