/** Observations of the last minutes, from which a summary's quantiles are read. */

import { show } from '../../model/error.ts';
import { requireNumber } from '../../model/option.ts';
import { QuantileSketch } from '../../model/quantile-sketch.ts';
import type { QuantileAge } from '../../storage/storage.ts';
import type { Clock } from '../timing/clock.ts';

/** Which quantiles a summary shows, and of what time. */
export interface QuantileOptions {
  /** The quantiles, ascending, each from 0 to 1, such as `[0.5, 0.9, 0.99]`. None unless given. */
  readonly quantiles?: readonly number[];
  /** Of how many seconds up to now they are: 600 unless given. */
  readonly maxAgeSeconds?: number;
  /**
   * In how many steps the window moves on: 5 unless given. It always holds the last
   * `maxAgeSeconds` but for one step, of which it holds the part that has passed.
   */
  readonly ageBuckets?: number;
}

/** {@linkcode QuantileOptions}, checked and complete. */
export type QuantileSettings = Required<QuantileOptions>;

/**
 * Checks the options and fills in what was not given; `undefined` where there are no quantiles.
 *
 * @throws {TypeError} When one is of the wrong type.
 * @throws {RangeError} When the quantiles do not ascend from 0 to 1, or an age is out of range.
 */
export function toQuantileSettings(
  subject: string,
  { quantiles = [], maxAgeSeconds = 600, ageBuckets = 5 }: QuantileOptions,
): QuantileSettings | undefined {
  if (!Array.isArray(quantiles)) {
    throw new TypeError(
      `${subject}: quantiles are no list, expected an array of numbers, got ${show(quantiles)}`,
    );
  }
  const copy = Array.from<number>(quantiles);
  copy.forEach((quantile, i) => {
    requireNumber(`${subject}: quantile ${i} is none`, 'a number from 0 to 1', quantile, isPart);
    if (i > 0 && quantile <= copy[i - 1]!) {
      throw new RangeError(
        `${subject}: quantiles do not ascend, expected one above ${copy[i - 1]}, got ${quantile}`,
      );
    }
  });
  requireNumber(`${subject}: maxAgeSeconds is no time`, 'seconds > 0', maxAgeSeconds, isTime);
  requireNumber(
    `${subject}: ageBuckets are none`,
    'a whole number from 1 to 100',
    ageBuckets,
    (value) => Number.isInteger(value) && value >= 1 && value <= 100,
  );
  if (copy.length === 0) return undefined;
  return { quantiles: Object.freeze(copy), maxAgeSeconds, ageBuckets };
}

function isPart(value: number): boolean {
  return value >= 0 && value <= 1;
}

function isTime(value: number): boolean {
  return value > 0 && value < Infinity;
}

/**
 * The observations of one series in the window: a ring of sketches, of which one takes what comes
 * and all are read.
 */
export class QuantileWindow {
  readonly #settings: QuantileSettings;
  readonly #clock: Clock;
  readonly #start: number;
  /** Made as the window gets to them: a series that is gone before needs no more. */
  readonly #ages: QuantileSketch[] = [new QuantileSketch()];
  #current: QuantileSketch = this.#ages[0]!;
  /** How often the window has moved on since its start. */
  #step = 0;

  constructor(settings: QuantileSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#start = clock.elapsed();
  }

  /** Takes down `count` observations of `value`. */
  add(value: number, count: number): void {
    this.#moveOn();
    this.#current.add(value, count);
  }

  /** The value at each quantile; `undefined` where the window is empty. */
  values(): readonly number[] | undefined {
    this.#moveOn();
    const all = new QuantileSketch();
    for (const age of this.#ages) all.addAll(age);
    return all.count === 0 ? undefined : all.values(this.#settings.quantiles);
  }

  /** The parts of the window that have observations, and for how long each is in it. */
  ages(): QuantileAge[] {
    this.#moveOn();
    const { maxAgeSeconds, ageBuckets } = this.#settings;
    const seconds = this.#clock.elapsed() - this.#start;
    const ages: QuantileAge[] = [];
    this.#ages.forEach((sketch, place) => {
      if (sketch.count === 0) return;
      const passed = (this.#step - place + ageBuckets) % ageBuckets;
      const end = ((this.#step - passed + ageBuckets) * maxAgeSeconds) / ageBuckets;
      ages.push({ sketch, secondsLeft: end - seconds });
    });
    return ages;
  }

  /** Forgets all observations. */
  clear(): void {
    for (const age of this.#ages) age.clear();
  }

  /** Empties the sketches of the steps that have passed. */
  #moveOn(): void {
    const { maxAgeSeconds, ageBuckets } = this.#settings;
    const seconds = this.#clock.elapsed() - this.#start;
    const step = Math.floor((seconds * ageBuckets) / maxAgeSeconds);
    if (step <= this.#step) return;
    const passed = Math.min(step - this.#step, ageBuckets);
    for (let i = 0; i < passed; i++) this.#ages[(step - i) % ageBuckets]?.clear();
    const place = step % ageBuckets;
    while (this.#ages.length <= place) this.#ages.push(new QuantileSketch());
    this.#current = this.#ages[place]!;
    this.#step = step;
  }
}
