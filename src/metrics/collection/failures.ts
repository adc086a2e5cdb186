/** What goes wrong in a registry, as metrics of that registry. */

import type { StoredFamily } from '../../model/cells.ts';
import { type MetricsError, show } from '../../model/error.ts';
import type { Collector, FamilyWriter, MetricFamily, Walk } from '../../model/family.ts';
import { LabelTree } from '../../model/label-tree.ts';
import type { Pairs } from '../../model/labels.ts';
import type { Cells, SeriesStorage, Storage } from '../../storage/storage.ts';
import { InstrumentFamily } from './instrument-family.ts';

/** Why a collector's families are missing. */
export type FailureReason = 'throw' | 'timeout' | 'duplicate';

/** What a counter of the registry's own is. */
export interface OwnCounterOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Those of the registry. */
  readonly constantLabels: Pairs;
}

/**
 * Counts what goes wrong. The family appears with the first time.
 *
 * Not one of the instruments, which import what the registry is: this is what the registry imports.
 */
export class OwnCounter implements Collector {
  /** The family's name. */
  readonly name: string;
  readonly #family: StoredFamily;
  readonly #tree: LabelTree<Cells>;
  #series: SeriesStorage | undefined;

  constructor(options: OwnCounterOptions) {
    this.name = options.name;
    this.#tree = new LabelTree(options.labelNames.length);
    this.#family = { ...options, type: 'counter', unit: '', bounds: [], states: [], mode: 'sum' };
  }

  /** Counts 1 for these label values, in `storage`. */
  count(storage: Storage, now: number, values: readonly string[]): void {
    let place = this.#tree.get(values);
    if (place === undefined) {
      this.#series ??= storage.declare(this.#family);
      place = this.#series.allocate(values);
      place.cells[place.index + 1] = now;
      this.#tree.set(values, place);
    }
    place.cells[place.index]! += 1;
  }

  /** Begins anew, as if nothing had gone wrong. */
  reset(): void {
    for (const [, place] of this.#tree.entries()) this.#series?.release(place);
    this.#tree.clear();
  }

  /** The family, or nothing where nothing went wrong yet. */
  collect(): MetricFamily[] {
    if (this.#tree.size === 0) return [];
    const walk = (writer: FamilyWriter): Walk =>
      this.#tree.walk(writer, ({ cells, index }) => {
        writer.number(cells[index]!, cells[index + 1]);
      });
    return [new InstrumentFamily(this.#family, this.#family.labelNames, walk)];
  }
}

/** What came of a collector is no list of families. The message goes on from `failed, `. */
export class WrongAnswer extends TypeError {}

/** What was thrown, as sentences name it. Never throws: programs throw what cannot be read as well. */
export function wordsOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : show(thrown);
  } catch {
    return 'what cannot be told';
  }
}

// Declared here, since this ring is built without the types of any runtime: all of them have it.
declare const console: { error(...parts: readonly unknown[]): void };

/** Writes each error to the console once, so that a scrape every few seconds does not fill the log. */
export function reportOnce(): (error: MetricsError) => void {
  const reported = new Set<string>();
  return ({ message, cause }) => {
    // Messages may hold data that is another one each time: the list must not grow for ever.
    if (reported.has(message) || reported.size === 100) return;
    reported.add(message);
    // With where it was thrown, which is in the collector, and not where it was caught.
    if (!(cause instanceof Error)) return console.error(`promethium: ${message}`);
    // It begins with what the message ends with.
    const thrown = ` ${wordsOf(cause)}`;
    const line = message.endsWith(thrown) ? message.slice(0, -thrown.length) : message;
    console.error(`promethium: ${line}`, cause);
  };
}
