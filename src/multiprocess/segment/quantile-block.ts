/**
 * What the quantiles of a summary's series are made of, in a block of its own. Counts are small and
 * lie close together, so that each takes a byte or two: a window is some hundred bytes, not 16 KiB.
 */

import type { ContributedWindow, KeptAge, KeptWindow } from '../../aggregate/contribution.ts';
import type { BinCounts, QuantileState } from '../../model/quantile-sketch.ts';
import { type NumberReader, NumberWriter, readNumbers } from './number-text.ts';
import { ParsedBlock } from './parsed-block.ts';
import type { SegmentBlock } from './segment-block.ts';
import type { StoredBlock } from './stored-block.ts';

/** The kind of the blocks. The key is empty: a series has one. */
export const QUANTILE_KIND = 'quantiles';

/** Room for one stretch of time within a factor of 100; what is longer moves. */
export const QUANTILE_CAPACITY = 512;

const NUMBERS: NumberWriter = new NumberWriter();

/**
 * Puts a window into a block.
 *
 * @throws {MetricsError} When it is longer than the block, and there is no room for another.
 */
export function writeWindow(block: SegmentBlock, { quantiles, ages }: KeptWindow): void {
  NUMBERS.clear();
  NUMBERS.count(quantiles.length);
  for (const quantile of quantiles) NUMBERS.float(quantile);
  NUMBERS.count(ages.length);
  for (const { until, sketch } of ages) {
    NUMBERS.float(until);
    NUMBERS.float(sketch.smallest);
    NUMBERS.float(sketch.largest);
    NUMBERS.count(sketch.zeros);
    NUMBERS.count(sketch.infinite);
    NUMBERS.count(sketch.negativeInfinite);
    writeBins(sketch.above);
    writeBins(sketch.below);
  }
  block.write(NUMBERS.bytes, NUMBERS.length);
}

function writeBins({ first, counts }: BinCounts): void {
  let begin = 0;
  let end = counts.length;
  while (begin < end && counts[begin] === 0) begin++;
  while (end > begin && counts[end - 1] === 0) end--;
  NUMBERS.count(end - begin);
  NUMBERS.float(first + begin);
  for (let i = begin; i < end; i++) NUMBERS.count(counts[i]!);
}

/** A window as it is read. */
export class StoredWindow extends ParsedBlock<KeptWindow> implements ContributedWindow {
  /** @param series - The first cell of the series that the block belongs to. */
  constructor(block: StoredBlock, series: number) {
    super(block, series, (content) => readNumbers(content, parse));
  }
}

function parse(numbers: NumberReader): KeptWindow {
  const quantiles = Array.from({ length: numbers.count() }, () => numbers.float());
  const ages = Array.from({ length: numbers.count() }, () => parseAge(numbers));
  return { quantiles, ages };
}

function parseAge(numbers: NumberReader): KeptAge {
  const until = numbers.float();
  const sketch: QuantileState = {
    smallest: numbers.float(),
    largest: numbers.float(),
    zeros: numbers.count(),
    infinite: numbers.count(),
    negativeInfinite: numbers.count(),
    above: parseBins(numbers),
    below: parseBins(numbers),
  };
  return { until, sketch };
}

function parseBins(numbers: NumberReader): BinCounts {
  const length = numbers.count();
  const first = numbers.float();
  const counts: number[] = [];
  while (counts.length < length) counts.push(numbers.count());
  return { first, counts };
}
