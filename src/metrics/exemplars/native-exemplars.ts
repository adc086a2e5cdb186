/**
 * The exemplars of one native histogram, which belong to no bucket: a few, as different as they come.
 * Which one gives way to a new one is decided as in Prometheus's client for Go.
 */

import type { Exemplar } from '../../model/exemplar.ts';
import type { ExemplarPlace } from '../../storage/storage.ts';

/** How many there are. */
const MOST = 10;

/** After how many seconds the oldest one gives way, whatever its value. */
const MAX_AGE_SECONDS = 300;

/** An exemplar of which it is known when it was observed. */
export interface TimedExemplar extends Exemplar {
  /** Unix seconds. */
  readonly timestamp: number;
}

/** Where the exemplar of a number from 0 on goes; nowhere if the storage has no room. */
export type PlaceOfNativeExemplar = (number: number) => ExemplarPlace | undefined;

/** A place for other processes to see, and what is there; nothing after a `clear`. */
interface Shared {
  exemplar: TimedExemplar | undefined;
  place: ExemplarPlace | undefined;
}

/** Up to ten exemplars, ascending by value. */
export class NativeExemplars {
  readonly #list: TimedExemplar[] = [];
  readonly #shared: Shared[] = [];
  readonly #placeOf: PlaceOfNativeExemplar | undefined;

  /** @param placeOf - Where each lies for other processes to show, where there are any. */
  constructor(placeOf?: PlaceOfNativeExemplar) {
    this.#placeOf = placeOf;
  }

  /** The exemplars, ascending by value. */
  get list(): readonly TimedExemplar[] {
    return this.#list;
  }

  /** True when the next one takes the place of another. */
  get isFull(): boolean {
    return this.#list.length >= MOST;
  }

  /**
   * Takes an exemplar in, and puts it where other processes find it, in place of the one that left.
   */
  add(exemplar: TimedExemplar): void {
    const left = this.isFull ? this.#list.splice(this.#dispensable(exemplar), 1)[0] : undefined;
    const place = this.#list.findIndex(({ value }) => exemplar.value < value);
    this.#list.splice(place < 0 ? this.#list.length : place, 0, exemplar);
    if (this.#placeOf !== undefined) this.#share(exemplar, left, this.#placeOf);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#list.length = 0;
    for (const { place } of this.#shared) place?.clear();
    // The places are kept, since the child would be given others beside them.
    for (const one of this.#shared) one.exemplar = undefined;
  }

  #share(
    exemplar: TimedExemplar,
    left: TimedExemplar | undefined,
    placeOf: PlaceOfNativeExemplar,
  ): void {
    let number = this.#shared.findIndex((one) => one.exemplar === left);
    if (number < 0) number = this.#shared.push({ exemplar, place: undefined }) - 1;
    const shared = this.#shared[number]!;
    shared.exemplar = exemplar;
    if (shared.place?.keep(exemplar, Infinity)) return;
    // None yet, or it went with the series: the child may have got another one since.
    shared.place = placeOf(number);
    shared.place?.keep(exemplar, Infinity);
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
