/** Summaries as protobuf: the message `Summary`. */

import type { SummaryPoint } from '../../model/family.ts';
import type { ProtobufBytes } from './protobuf-bytes.ts';

/** Fields of `Summary`, and of the `Quantile` in it. */
const SAMPLE_COUNT = 0x08;
const SAMPLE_SUM = 0x11;
const QUANTILE = 0x1a;
const QUANTILE_OF = 0x09;
const QUANTILE_VALUE = 0x11;
/** The length of a `Quantile`: two doubles with their tags. */
const QUANTILE_BYTES = 18;

/**
 * Writes the inside of a `Summary` up to its start time, which the caller writes. A count that is no
 * whole number, for which there is no field, is left out.
 */
export function writeSummary(
  out: ProtobufBytes,
  { quantiles, values, count, sum }: SummaryPoint,
): void {
  if (count !== undefined && isCount(count)) {
    out.byte(SAMPLE_COUNT);
    out.varint(count);
  }
  if (sum !== undefined) out.double(SAMPLE_SUM, sum);
  for (let i = 0; i < quantiles.length; i++) {
    out.byte(QUANTILE);
    out.byte(QUANTILE_BYTES);
    out.double(QUANTILE_OF, quantiles[i]!);
    out.double(QUANTILE_VALUE, values[i]!);
  }
}

function isCount(count: number): boolean {
  return count >= 0 && count < 2 ** 64 && Math.floor(count) === count;
}
