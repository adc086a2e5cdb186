/** Readings that several metrics share, or several scrapes: of what is slow to read, or must agree. */

import type { Clock } from '../metrics/timing/clock.ts';

/** Reads anew when so many seconds have passed, for what hardly ever changes and is slow to read. */
export function atMostEvery<Value>(
  seconds: number,
  { elapsed }: Pick<Clock, 'elapsed'>,
  read: () => Value,
): () => Value {
  let reading: { readonly value: Value; readonly until: number } | undefined;
  return () => {
    const now = elapsed();
    if (reading === undefined || now >= reading.until) {
      reading = { value: read(), until: now + seconds };
    }
    return reading.value;
  };
}

/**
 * Reads once for all metrics of a scrape, whose callbacks are called in one turn: they show one
 * moment, and cost one reading.
 */
export function oncePerScrape<Value>(read: () => Value): () => Value {
  let reading: { readonly value: Value } | undefined;
  return () => {
    if (reading === undefined) {
      reading = { value: read() };
      queueMicrotask(() => {
        reading = undefined;
      });
    }
    return reading.value;
  };
}
