/** Where the parts of a sample stand, for errors: found by reading its line again. */

import type { LineCursor } from './parse-cursor.ts';
import { type LabelPlace, placeOfSecond, type WrittenLabels } from './parse-labels.ts';
import { LineSample } from './parse-sample.ts';

/** The parts of a sample that can be wrong, each where it begins in the text. */
export interface SamplePlaces {
  readonly valueAt: number;
  /** The time, or where it would stand: behind the value. */
  readonly timeAt: number;
  readonly labels: readonly LabelPlace[];
}

/** Finds the parts of the sample whose line the cursor is open on; the line has been read before. */
export function placesOf(cursor: LineCursor): SamplePlaces {
  const sample = new LineSample({ placed: true });
  cursor.at = cursor.start;
  cursor.blanks();
  sample.read(cursor);
  const { valueAt } = sample;
  cursor.at = valueAt;
  const timeAt = sample.time === undefined ? cursor.tokenEnd() : sample.timeAt;
  return { valueAt, timeAt, labels: sample.labels.places! };
}

/** Refuses the sample at hand for a label that stands there twice. */
export function refuseTwice(cursor: LineCursor, { names, count }: WrittenLabels): never {
  const second = placeOfSecond(names, count);
  cursor.refuse('a label twice', 'different labels', placesOf(cursor).labels[second]!.nameAt);
}
