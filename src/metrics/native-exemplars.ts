/**
 * The exemplars of one native histogram, which belong to no bucket: a few, as different as they come.
 * Which one gives way to a new one is decided as in Prometheus's client for Go.
 */

import type { Exemplar } from '../model/exemplar.ts';

/** How many there are. */
const MOST = 10;

/** After how many seconds the oldest one gives way, whatever its value. */
const MAX_AGE_SECONDS = 300;

/** An exemplar of which it is known when it was observed. */
export interface TimedExemplar extends Exemplar {
  /** Unix seconds. */
  readonly timestamp: number;
}

/** Up to ten exemplars, ascending by value. */
export class NativeExemplars {
  readonly #list: TimedExemplar[] = [];

  /** The exemplars, ascending by value. */
  get list(): readonly TimedExemplar[] {
    return this.#list;
  }

  /** True when the next one takes the place of another. */
  get isFull(): boolean {
    return this.#list.length >= MOST;
  }

  /** Takes an exemplar in. */
  add(exemplar: TimedExemplar): void {
    if (this.isFull) this.#list.splice(this.#dispensable(exemplar), 1);
    const place = this.#list.findIndex(({ value }) => exemplar.value < value);
    this.#list.splice(place < 0 ? this.#list.length : place, 0, exemplar);
  }

  /** Which one to leave out: the oldest one, or one of those that are nearest to each other. */
  #dispensable(coming: TimedExemplar): number {
    const oldest = this.#oldest();
    if (coming.timestamp - this.#list[oldest]!.timestamp > MAX_AGE_SECONDS) return oldest;
    let nearest = Infinity;
    let dispensable = oldest;
    for (let i = 1; i < this.#list.length; i++) {
      const [before, after] = [this.#list[i - 1]!, this.#list[i]!];
      const distance = distanceOf(before.value, after.value);
      if (distance >= nearest) continue;
      nearest = distance;
      dispensable = after.timestamp < before.timestamp ? i : i - 1;
    }
    // One of a pair that the new one would make is the older of it.
    const place = this.#list.findIndex(({ value }) => coming.value <= value);
    const next = place < 0 ? this.#list.length : place;
    for (const neighbour of [next - 1, next]) {
      const distance = distanceOf(this.#list[neighbour]?.value, coming.value);
      if (distance >= nearest) continue;
      nearest = distance;
      dispensable = neighbour;
    }
    return dispensable;
  }

  #oldest(): number {
    let oldest = 0;
    this.#list.forEach(({ timestamp }, i) => {
      if (timestamp < this.#list[oldest]!.timestamp) oldest = i;
    });
    return oldest;
  }
}

/** How far values are from each other, as the logarithm has it; without end where 0 is between them. */
function distanceOf(one: number | undefined, other: number): number {
  if (one === other) return 0;
  if (one === undefined || Math.sign(one) !== Math.sign(other)) return Infinity;
  return Math.abs(Math.log(Math.abs(one)) - Math.log(Math.abs(other)));
}
