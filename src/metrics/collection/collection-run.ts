/** One scrape of a registry: collectors are started together and shown in order, each on its own risk. */

import type { MultiprocessMode } from '../../model/cells.ts';
import type { Collector, Families, MetricFamily } from '../../model/family.ts';
import { claimedNames } from '../../model/name.ts';
import { isPublished, type PublishedFamily } from '../../storage/publication.ts';
import type { Storage } from '../../storage/storage.ts';
import type { ExemplarSampling } from '../exemplars/exemplar-options.ts';
import type { CollectorCalls, Result } from './collector-calls.ts';
import { agesOf, isTarget } from './publication-ages.ts';
import type { Relabelling } from './relabelled.ts';

/** A collector whose numbers lie in the registry's storage: an instrument. */
export interface StoredCollector extends Collector {
  /** Asks its callbacks for their values. */
  refresh(): void | Promise<void>;
  /** True where its numbers lie in this very storage. */
  isKeptIn?(storage: Storage): boolean;
  /** Gives its cells back to the storage. */
  withdraw(): void;
  /** Sets all its numbers to what they were at the beginning. */
  resetAll(): void;
  /** Samples exemplars in this way, unless it has its own. */
  followExemplars?(sampling: ExemplarSampling | undefined): void;
}

/** True for instruments, whose numbers lie in the registry's storage. */
export function isStored(collector: Collector): collector is StoredCollector {
  const { refresh, withdraw, resetAll } = collector as Partial<StoredCollector>;
  // All, since a collector of somebody's own may well have a method that is called `refresh`.
  return (
    typeof refresh === 'function' &&
    typeof withdraw === 'function' &&
    typeof resetAll === 'function'
  );
}

/** A collector with how it is shown. */
export interface Shown {
  readonly collector: Collector;
  /** True of an instrument that shows, in its storage, what it has claimed, and nothing else. */
  readonly isKept: boolean;
  /** How its families are to be shown, if not as they are. */
  readonly relabelling: Relabelling | undefined;
  /** How its gauges become one where it is the process's own; nothing where it is the service's. */
  readonly mode: MultiprocessMode | undefined;
}

/** One of the registry's own, which neither waits nor fails. */
export interface OwnCollector extends Collector {
  collect(): MetricFamily[];
}

/** The part of a registry that shares its storage with other processes, as a run uses it. */
export interface SharedPart {
  /** Reads what all processes wrote. One that failed may have what was read before. */
  read(): Promise<Result>;
  /**
   * Asks a collector, and writes to the storage what it can hold. The result has the families that
   * it cannot.
   */
  ask(shown: Shown): Promise<Result>;
}

/** What a run needs of its registry. */
export interface CollectionRunOptions {
  /** The collectors, each with how its families are to be shown. */
  readonly collectors: Iterable<Shown>;
  /** Families that come before all others, and whose they are. */
  readonly first: OwnCollector | undefined;
  /** Whoever has claimed a name; nobody has most names of collectors without a `describe()`. */
  readonly ownerOf: (name: string) => Collector | undefined;
  /** What other processes write to as well, where there are any. */
  readonly shared: SharedPart | undefined;
  /** The registry's own, asked for last: what goes wrong meanwhile is in them. */
  readonly last: () => readonly OwnCollector[];
  /** Asks the collectors. */
  readonly calls: CollectorCalls;
}

/** One collection. */
export class CollectionRun {
  readonly #options: CollectionRunOptions;
  readonly #seen = new Set<string>();

  constructor(options: CollectionRunOptions) {
    this.#options = options;
  }

  /** The families, each as soon as those before it are there. */
  families(): AsyncGenerator<MetricFamily> {
    const { shared } = this.#options;
    // Not passed on by another generator, which would cost each of thousands of families a turn.
    return shared === undefined ? this.#alone() : this.#shared(shared);
  }

  async *#alone(): AsyncGenerator<MetricFamily> {
    const { collectors, calls, first } = this.#options;
    const started = Array.from(collectors, ({ collector, relabelling, isKept }) => ({
      relabelling,
      isKept,
      result: calls.start(collector, () => collector.collect()),
    }));
    if (first !== undefined) yield* this.#new({ collector: first, families: first.collect() });
    for (const { result, relabelling, isKept } of started) {
      const own = result instanceof Promise ? await result : result;
      if (relabelling === undefined) yield* this.#new(own, isKept);
      else yield* this.#new(calls.relabelled(relabelling, own));
    }
    yield* this.#last();
  }

  /**
   * The families of the storage and those of this process's collectors, by name: processes need not
   * register in the same order, and a scrape is to look the same whoever answers.
   */
  async *#shared(shared: SharedPart): AsyncGenerator<MetricFamily> {
    const { collectors, first } = this.#options;
    // First everything that may still write to the storage, a failure's count included.
    const own = await Promise.all(Array.from(collectors, (shown) => shared.ask(shown)));
    const all = await shared.read();
    if (first !== undefined) yield* this.#new({ collector: first, families: first.collect() });
    const merged = all.families.filter((family) => !isPublished(family));
    const families = [...this.#new({ ...all, families: merged }, true)];
    for (const result of own) families.push(...this.#new(result));
    const published = this.#unseen(all.families.filter(isPublished));
    families.push(...published, ...agesOf(published));
    yield* published.filter(isTarget);
    yield* families.filter((family) => !isTarget(family)).sort(byName);
    // The counts lie in the storage, which did not answer: what this process counted is left, of what
    // was not read before. A smaller count than that would be taken for a new one.
    if (all.failed) yield* this.#last((family) => this.#isUnseen(family));
  }

  *#last(isWanted: (family: MetricFamily) => boolean = () => true): Generator<MetricFamily> {
    for (const collector of this.#options.last()) {
      yield* this.#new({ collector, families: collector.collect().filter(isWanted) });
    }
  }

  #isUnseen(family: MetricFamily): boolean {
    return !claimedNames(family).some((name) => this.#seen.has(name));
  }

  /**
   * Those of the families whose names nobody has yet.
   *
   * @param isKnown - True of those that show what they have claimed, and nothing else.
   */
  *#new({ collector, families }: Result, isKnown = false): Generator<MetricFamily> {
    for (const family of families) {
      const names = claimedNames(family);
      if (
        names.some((name) => this.#seen.has(name) || (!isKnown && this.#isTaken(name, collector)))
      ) {
        this.#options.calls.fail(collector, 'duplicate', family.name);
        continue;
      }
      for (const name of names) this.#seen.add(name);
      yield family;
    }
  }

  /** Of what others published, what nobody here shows: no fault, other than with own families. */
  #unseen(published: readonly PublishedFamily[]): PublishedFamily[] {
    return published.filter((family) => {
      if (!this.#isUnseen(family)) return false;
      for (const name of claimedNames(family)) this.#seen.add(name);
      return true;
    });
  }

  /** True of a name that somebody else has claimed. Not asked of the storage, which shows all of them. */
  #isTaken(name: string, collector: Collector): boolean {
    const owner = this.#options.ownerOf(name);
    return owner !== undefined && owner !== collector;
  }
}

function byName(one: MetricFamily, other: MetricFamily): number {
  return one.name < other.name ? -1 : 1;
}

/** No families: an instrument's are in the storage that is read once its callbacks were asked. */
export function onceRefreshed(collector: Collector): Families {
  const refreshed = (collector as StoredCollector).refresh();
  return refreshed === undefined ? [] : refreshed.then(() => []);
}
