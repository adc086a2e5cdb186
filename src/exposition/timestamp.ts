/** Times of samples: milliseconds in the text format and protobuf, seconds in OpenMetrics. */

import type { Timestamp } from '../model/timestamp.ts';

/**
 * Writes a time as whole milliseconds, or '' where it is none that the text format can carry.
 *
 * Leaving a time out makes one sample the scrape's own time; writing `NaN` fails the whole scrape.
 */
export function toMilliseconds(timestamp: Timestamp): string {
  const milliseconds = toWholeMilliseconds(timestamp);
  return milliseconds === undefined ? '' : String(milliseconds);
}

/** Returns a time as whole milliseconds, or `undefined` where they are none. */
export function toWholeMilliseconds(timestamp: Timestamp): number | undefined {
  const milliseconds =
    typeof timestamp === 'number'
      ? Math.round(timestamp * 1000)
      : timestamp.seconds * 1000 + Math.round(timestamp.nanos / 1e6);
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}

/** Writes a time as seconds, to the nanosecond where it has them, or '' where it is not finite. */
export function toSeconds(timestamp: Timestamp): string {
  if (typeof timestamp === 'number') return Number.isFinite(timestamp) ? String(timestamp) : '';
  const { seconds, nanos } = timestamp;
  if (!Number.isSafeInteger(seconds) || !Number.isSafeInteger(nanos)) return '';
  // Nanoseconds count upwards before 1970 too, decimals there count downwards.
  if (seconds < 0 && nanos > 0) return `-${-seconds - 1}.${fraction(1e9 - nanos)}`;
  return `${seconds}.${fraction(nanos)}`;
}

function fraction(nanos: number): string {
  return String(nanos).padStart(9, '0');
}
