/** One scrape of the torture, read by our own strict parsers and held against the one before it. */

import {
  parseOpenMetrics,
  parseProtobuf,
  parseText,
  toProtobuf,
} from '../../src/exposition/index.ts';
import {
  CollectorRegistry,
  type Exemplar,
  type MetricFamily,
  type Sample,
  toOpenMetrics,
  toText,
} from '../../src/index.ts';
import type { MultiprocessStorage } from '../../src/multiprocess/index.ts';
import { nativesOf } from './native-numbers.ts';
import { type Key, keyOf, LARGEST } from './workload.ts';

const FAULTS = 'promethium_unreadable_files';
const ONLY_GROW = /_(total|count|bucket|sum|native)\{/;

/** A scrape in each format, as it is read. The last one has native buckets as well. */
const FORMATS: readonly ((registry: CollectorRegistry) => Promise<readonly MetricFamily[]>)[] = [
  async (registry) => parseOpenMetrics(await toOpenMetrics(registry)),
  async (registry) => parseText(await toText(registry)),
  async (registry) => parseProtobuf(await toProtobuf(registry)),
];

/** The turn of {@linkcode StrictScraper.scrape} that has all numbers. */
export const ALL_NUMBERS = 2;

/** A reader that scrapes again and again. */
export class StrictScraper {
  readonly #registry: CollectorRegistry;
  #before: ReadonlyMap<Key, number> = new Map();
  #nativesBefore: ReadonlyMap<Key, number> = new Map();
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
   * Scrapes, in the three formats by turns unless it is told one, and returns the numbers. Native
   * buckets are in protobuf alone.
   *
   * @throws {Error} When it does not parse, a counter fell, a histogram is torn, or a file was left out.
   */
  async scrape(turn: number = this.#scrapes++ % FORMATS.length): Promise<ReadonlyMap<Key, number>> {
    const families = await FORMATS[turn]!(this.#registry);
    const natives = nativesOf(families);
    if (natives !== undefined) {
      refuseFalling(this.#nativesBefore, natives);
      this.#nativesBefore = natives;
    }
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
    refuseFalling(this.#before, numbers);
    refuseTorn(numbers);
    this.#before = numbers;
    return new Map([...numbers, ...(natives ?? [])]);
  }
}

function refuseFalling(
  numbersBefore: ReadonlyMap<Key, number>,
  numbers: ReadonlyMap<Key, number>,
): void {
  for (const [key, before] of numbersBefore) {
    if (!ONLY_GROW.test(key)) continue;
    const now = numbers.get(key);
    if (now === undefined || now < before) throw new Error(`${key} was ${before}, is ${now}`);
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
    if (!key.startsWith('size_count') && !key.startsWith('span_count')) continue;
    const bucket = numbers.get(`${key.slice(0, 4)}_bucket${key.slice(10, -1)},le=Infinity}`);
    if (bucket !== count) throw new Error(`${key} is ${count}, its last bucket ${bucket}`);
  }
}
