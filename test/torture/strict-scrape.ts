/** One scrape of the torture, read by our own strict parsers and held against the one before it. */

import { parseOpenMetrics, parseText } from '../../src/exposition/index.ts';
import {
  CollectorRegistry,
  type Exemplar,
  type Sample,
  toOpenMetrics,
  toText,
} from '../../src/index.ts';
import type { MultiprocessStorage } from '../../src/multiprocess/index.ts';
import { type Key, keyOf, LARGEST } from './workload.ts';

const FAULTS = 'promethium_unreadable_files';
const ONLY_GROW = /_(total|count|bucket|sum)\{/;

/** A reader that scrapes again and again. */
export class StrictScraper {
  readonly #registry: CollectorRegistry;
  #before = new Map<Key, number>();
  #scrapes = 0;

  /** Reads through a storage. */
  constructor(storage: MultiprocessStorage) {
    // However busy the machine: what comes too late is left out of a scrape, and looks like lost.
    this.#registry = new CollectorRegistry({ storage, collectTimeoutMs: 300_000 });
  }

  /** How many scrapes there were. */
  get scrapes(): number {
    return this.#scrapes;
  }

  /** The exposition that Prometheus would see, in both formats. */
  async documents(): Promise<{ readonly text: string; readonly openmetrics: string }> {
    return {
      text: await toText(this.#registry),
      openmetrics: await toOpenMetrics(this.#registry),
    };
  }

  /**
   * Scrapes, in the two formats by turns, and returns the numbers.
   *
   * @throws {Error} When it does not parse, a counter fell, a histogram is torn, or a file was left out.
   */
  async scrape(): Promise<ReadonlyMap<Key, number>> {
    const families =
      this.#scrapes++ % 2 === 0
        ? parseOpenMetrics(await toOpenMetrics(this.#registry))
        : parseText(await toText(this.#registry));
    const numbers = new Map<Key, number>();
    for (const family of families) {
      for (const { name, labels, value, exemplar } of family.samples) {
        if (exemplar !== undefined) refuseMixedUp(labels, exemplar);
        if (labels['quantile'] !== undefined) {
          refuseImpossible(value);
          continue;
        }
        if (name === FAULTS && value > 0) throw new Error(`left out ${JSON.stringify(labels)}`);
        if (!name.startsWith('promethium_')) numbers.set(keyOf(name, labels), value);
      }
    }
    this.#refuseFalling(numbers);
    refuseTorn(numbers);
    this.#before = numbers;
    return numbers;
  }

  #refuseFalling(numbers: ReadonlyMap<Key, number>): void {
    for (const [key, before] of this.#before) {
      if (!ONLY_GROW.test(key)) continue;
      const now = numbers.get(key);
      if (now === undefined || now < before) throw new Error(`${key} was ${before}, is ${now}`);
    }
  }
}

/** An exemplar has to be of the very series and observation that it says. */
function refuseMixedUp(labels: Sample['labels'], { labels: said, value }: Exemplar): void {
  if (said['path'] === labels['path'] && Number(said['amount']) === value) return;
  throw new Error(`${JSON.stringify(labels)} has exemplar ${JSON.stringify(said)} of ${value}`);
}

/** A quantile lies among what was observed, within its error. */
function refuseImpossible(value: number): void {
  if (value < 0 || value > LARGEST * 1.01) throw new Error(`a quantile is ${value}`);
}

function refuseTorn(numbers: ReadonlyMap<Key, number>): void {
  for (const [key, count] of numbers) {
    if (!key.startsWith('size_count')) continue;
    const bucket = numbers.get(`size_bucket${key.slice(10, -1)},le=Infinity}`);
    if (bucket !== count) throw new Error(`${key} is ${count}, its last bucket ${bucket}`);
  }
}
