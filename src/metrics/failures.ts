/** What goes wrong in a scrape, as a metric of the registry in which it went wrong. */

import type { StoredFamily } from '../model/cells.ts';
import type { MetricsError } from '../model/error.ts';
import type { Collector, MetricFamily } from '../model/family.ts';
import { LabelTree } from '../model/label-tree.ts';
import { samplesOf } from '../model/sample.ts';
import type { Cells, SeriesStorage, Storage } from '../storage/storage.ts';

/** Why a collector's families are missing. */
export type FailureReason = 'throw' | 'timeout' | 'duplicate';

const FAMILY: StoredFamily = {
  name: 'promethium_collector_failures',
  type: 'counter',
  help: 'Scrapes that show none of the families of a collector, by the reason.',
  unit: '',
  labelNames: ['collector', 'reason'],
  constantLabels: [],
  bounds: [],
  states: [],
  mode: 'sum',
};

/**
 * Counts failed collectors. The family appears with the first failure.
 *
 * Not one of the instruments, which import the registry: this is what the registry imports.
 */
export class CollectorFailures implements Collector {
  /** The family's name. */
  readonly name: string = FAMILY.name;
  readonly #tree = new LabelTree<Cells>(2);
  #series: SeriesStorage | undefined;

  /** Counts one failure, in `storage`. */
  count(storage: Storage, now: number, collector: string, reason: FailureReason): void {
    const values = [collector, reason];
    let place = this.#tree.get(values);
    if (place === undefined) {
      this.#series ??= storage.declare(FAMILY);
      place = this.#series.allocate(values);
      place.cells[place.index + 1] = now;
      this.#tree.set(values, place);
    }
    place.cells[place.index]! += 1;
  }

  /** The family, or nothing where nothing failed yet. */
  collect(): MetricFamily[] {
    if (this.#tree.size === 0) return [];
    const tree = this.#tree;
    return [
      {
        ...FAMILY,
        walk(writer) {
          writer.begin(FAMILY);
          return tree.walk(writer, ({ cells, index }) => {
            writer.number(cells[index]!, cells[index + 1]);
          });
        },
        get samples() {
          return samplesOf(this);
        },
      },
    ];
  }
}

// Declared here, since this ring is built without the types of any runtime: all of them have it.
declare const console: { error(message: string): void };

/** Writes each error to the console once, so that a scrape every few seconds does not fill the log. */
export function reportOnce(): (error: MetricsError) => void {
  const reported = new Set<string>();
  return ({ message }) => {
    // Messages may hold data that is another one each time: the list must not grow for ever.
    if (reported.has(message) || reported.size === 100) return;
    reported.add(message);
    console.error(`promethium: ${message}`);
  };
}
