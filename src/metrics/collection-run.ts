/** One scrape of a registry: collectors are started together and shown in order, each on its own risk. */

import { show } from '../model/error.ts';
import type { Collector, Families, MetricFamily } from '../model/family.ts';
import { requireFamily } from '../model/family-shape.ts';
import { claimedNames, isMetricType } from '../model/name.ts';
import type { Storage } from '../storage/storage.ts';
import type { Clock } from './clock.ts';
import type { ExemplarSampling } from './exemplar-options.ts';
import type { FailureReason } from './failures.ts';
import { type Relabelling, relabelled } from './relabelled.ts';

/** A collector whose numbers lie in the registry's storage: an instrument. */
export interface StoredCollector extends Collector {
  /** Asks its callbacks for their values. */
  refresh(): void | Promise<void>;
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

/** A collector as errors and the failure metric name it. */
export function nameOf(collector: Collector): string {
  const { name } = collector as { name?: unknown };
  if (typeof name === 'string') return name;
  try {
    const [family] = collector.describe?.() ?? [];
    if (family !== undefined) return family.name;
  } catch {
    // Asked on behalf of an error already: a collector that cannot say its name has its class's.
  }
  return collector.constructor?.name ?? 'Object';
}

/** One of the registry's own, which neither waits nor fails. */
export interface OwnCollector extends Collector {
  collect(): MetricFamily[];
}

/** What a run needs of its registry. */
export interface CollectionRunOptions {
  /** The collectors, each with how its families are to be shown, if not as they are. */
  readonly collectors: Iterable<readonly [Collector, Relabelling | undefined]>;
  /** Families that come before all others, and whose they are. */
  readonly first: OwnCollector | undefined;
  /** Whoever has claimed a name; nobody has most names of collectors without a `describe()`. */
  readonly ownerOf: (name: string) => Collector | undefined;
  /** The storage, where other processes write to it as well. */
  readonly shared: Storage | undefined;
  /** The registry's own, which come last: what goes wrong meanwhile is in them. */
  readonly last: readonly OwnCollector[];
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Collectors that are past their time limit and have not answered to this day. */
  readonly hanging: Set<Collector>;
  /** How many calls of a collector have not been answered yet. */
  readonly asked: Map<Collector, number>;
  readonly onFailure: (collector: string, reason: FailureReason, cause: unknown) => void;
}

/**
 * How often a collector is asked anew while it has not answered: more often than there are scrapers,
 * and few enough that one which scrapes its own registry comes to an end.
 */
const MOST_CALLS = 16;

/** A collector with its families, none where it failed. */
interface Result {
  readonly collector: Collector;
  readonly families: readonly MetricFamily[];
  readonly failed?: true;
}

/** One collection. */
export class CollectionRun {
  readonly #options: CollectionRunOptions;
  readonly #seen = new Set<string>();
  readonly #storage: Collector & { readonly name: string };

  constructor(options: CollectionRunOptions) {
    this.#options = options;
    this.#storage = { name: 'storage', collect: () => options.shared?.collect?.() ?? [] };
  }

  /** The families, each as soon as those before it are there. */
  async *families(): AsyncGenerator<MetricFamily> {
    const { collectors, shared, first, last } = this.#options;
    const started = Array.from(collectors, ([collector, relabelling]) => ({
      relabelling,
      result: this.#start(collector, () =>
        shared !== undefined && isStored(collector) && relabelling === undefined
          ? onceRefreshed(collector)
          : collector.collect(),
      ),
    }));
    if (first !== undefined) yield* this.#new({ collector: first, families: first.collect() });
    if (shared !== undefined) {
      // First everything that may still write to the storage, a failure's count included.
      const own = await Promise.all(started.map(({ result }) => result));
      const all = await this.#start(this.#storage, () => this.#storage.collect());
      yield* this.#new(all);
      for (const [i, result] of own.entries()) yield* this.#new(result, started[i]!.relabelling);
      // The counts lie in the storage, which did not answer: what this process counted is left.
      if (!all.failed) return;
    } else {
      for (const { result, relabelling } of started) {
        yield* this.#new(result instanceof Promise ? await result : result, relabelling);
      }
    }
    for (const collector of last) yield* this.#new({ collector, families: collector.collect() });
  }

  #start(collector: Collector, call: () => Families): Result | Promise<Result> {
    if (this.#options.hanging.has(collector)) return this.#fail(collector, 'timeout', undefined);
    const { asked } = this.#options;
    const waiting = asked.get(collector) ?? 0;
    if (waiting >= MOST_CALLS) {
      const cause = new Error(`${waiting} calls at once that wait: it may scrape its own registry`);
      return this.#fail(collector, 'throw', cause);
    }
    asked.set(collector, waiting + 1);
    const answered = (): void => {
      const left = asked.get(collector)! - 1;
      if (left > 0) asked.set(collector, left);
      else asked.delete(collector);
    };
    try {
      const families = call();
      if (isAsync(families)) return this.#limit(collector, gather(families), answered);
      const result = { collector, families: checked(families) };
      answered();
      return result;
    } catch (error) {
      answered();
      return this.#fail(collector, 'throw', error);
    }
  }

  #limit(
    collector: Collector,
    families: Promise<readonly MetricFamily[]>,
    answered: () => void,
  ): Promise<Result> {
    const { clock, timeoutMs, hanging } = this.#options;
    return new Promise((resolve) => {
      // Of this call alone: one of another scrape, which began before it, may be past its limit.
      let late = false;
      const settle = (result: () => Result): void => {
        callOff();
        answered();
        if (late) hanging.delete(collector);
        else resolve(result());
      };
      const callOff = clock.after(timeoutMs / 1000, () => {
        late = true;
        hanging.add(collector);
        resolve(this.#fail(collector, 'timeout', undefined));
      });
      families.then(
        (all) => settle(() => ({ collector, families: all })),
        (error: unknown) => settle(() => this.#fail(collector, 'throw', error)),
      );
    });
  }

  *#new(result: Result, relabelling?: Relabelling): Generator<MetricFamily> {
    const { collector } = result;
    const families = relabelling === undefined ? result.families : this.#under(relabelling, result);
    // Instruments show what they have claimed, and nothing else.
    const isAlien =
      collector !== this.#storage && !(relabelling === undefined && isStored(collector));
    for (const family of families) {
      const names = claimedNames(family);
      if (
        names.some((name) => this.#seen.has(name) || (isAlien && this.#isTaken(name, collector)))
      ) {
        this.#fail(collector, 'duplicate', family.name);
        continue;
      }
      for (const name of names) this.#seen.add(name);
      yield family;
    }
  }

  /** The families relabelled: none where one is none, since its labels are read here already. */
  #under(relabelling: Relabelling, { collector, families }: Result): readonly MetricFamily[] {
    try {
      return families.map((family) => {
        requireFamily(family);
        return relabelled(family, relabelling);
      });
    } catch (error) {
      return this.#fail(collector, 'throw', error).families;
    }
  }

  /** True of a name that somebody else has claimed. Not asked of the storage, which shows all of them. */
  #isTaken(name: string, collector: Collector): boolean {
    const owner = this.#options.ownerOf(name);
    return owner !== undefined && owner !== collector;
  }

  #fail(collector: Collector, reason: FailureReason, cause: unknown): Result {
    this.#options.onFailure(nameOf(collector), reason, cause);
    return { collector, families: [], failed: true };
  }
}

/** No families: an instrument's are in the storage that is read once its callbacks were asked. */
function onceRefreshed(collector: StoredCollector): Families {
  const refreshed = collector.refresh();
  return refreshed === undefined ? [] : refreshed.then(() => []);
}

function isAsync(families: Families): families is Exclude<Families, Iterable<MetricFamily>> {
  if (typeof families !== 'object' || families === null) return false;
  const { then } = families as { then?: unknown };
  return typeof then === 'function' || Symbol.asyncIterator in families;
}

async function gather(
  families: Exclude<Families, Iterable<MetricFamily>>,
): Promise<readonly MetricFamily[]> {
  if (!(Symbol.asyncIterator in families)) {
    const settled: Families = await families;
    return isAsync(settled) ? gather(settled) : checked(settled);
  }
  const all: MetricFamily[] = [];
  for await (const family of families) all.push(family);
  return checked(all);
}

/** The families as a list. What is thrown here goes on from `expected families, got`. */
function checked(families: Iterable<MetricFamily>): readonly MetricFamily[] {
  // `Array.from` takes any object for an empty list, a family that was returned alone as well.
  if (typeof families !== 'object' || typeof families?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`what is no list of families: ${show(families)}`);
  }
  const all = Array.from(families);
  for (const family of all) {
    if (typeof family?.walk !== 'function' || typeof family.name !== 'string') {
      throw new TypeError(`a list with what is no family: ${show(family)}`);
    }
    if (!isMetricType(family.type)) {
      throw new TypeError(`a family of unknown type: ${show(family.type)}`);
    }
  }
  return all;
}
