/** Exemplars that somebody else kept, of one series, put where other processes find them. */

import type { Exemplar } from '../../model/exemplar.ts';
import type { ExemplarPlace } from '../../storage/storage.ts';

/** Where the exemplar of a number from 0 on goes; nowhere if the storage has no room. */
type PlaceOf = (number: number) => ExemplarPlace | undefined;

/** One for each bucket of a series, or for each number of a list. */
export class CollectedExemplars {
  readonly #placeOf: PlaceOf;
  readonly #places: (ExemplarPlace | undefined)[] = [];
  /** What lies in each place, as text. */
  readonly #kept: (string | undefined)[] = [];

  /** @param placeOf - Asked with the first exemplar of each number, and again where it went. */
  constructor(placeOf: PlaceOf) {
    this.#placeOf = placeOf;
  }

  /** Puts these in place of those before. What did not change is not written again. */
  put(exemplars: readonly (Exemplar | undefined)[]): void {
    const count = Math.max(exemplars.length, this.#places.length);
    for (let number = 0; number < count; number++) {
      const exemplar = exemplars[number];
      const text = exemplar && JSON.stringify(exemplar);
      if (text === this.#kept[number]) continue;
      this.#kept[number] = this.#putOne(number, exemplar) ? text : undefined;
    }
  }

  #putOne(number: number, exemplar: Exemplar | undefined): boolean {
    if (exemplar === undefined) {
      this.#places[number]?.clear();
      return false;
    }
    this.#places[number] ??= this.#placeOf(number);
    if (this.#places[number]?.keep(exemplar, Infinity)) return true;
    this.#places[number] = undefined;
    return false;
  }
}
