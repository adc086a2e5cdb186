/** Asking collectors for their families, each on its own risk: what goes wrong costs the one that was asked. */

import { show } from '../../model/error.ts';
import type { Collector, Families, MetricFamily } from '../../model/family.ts';
import { requireFamily } from '../../model/family-shape.ts';
import { isMetricType } from '../../model/name.ts';
import type { Clock } from '../timing/clock.ts';
import { type FailureReason, WrongAnswer } from './failures.ts';
import { type Relabelling, relabelled } from './relabelled.ts';

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

/** How collectors are asked. */
export interface CollectorCallsOptions {
  readonly clock: Clock;
  /** How long an answer may take. */
  readonly timeoutMs: number;
  /** Told of each call that failed. */
  readonly onFailure: (collector: string, reason: FailureReason, cause: unknown) => void;
}

/**
 * How often a collector is asked anew while it has not answered: more often than there are scrapers,
 * and few enough that one which scrapes its own registry comes to an end.
 */
const MOST_CALLS = 16;

/** A collector with its families, none where it failed. */
export interface Result {
  readonly collector: Collector;
  readonly families: readonly MetricFamily[];
  readonly failed?: true;
}

/** The calls of one registry's collectors, whoever makes them: scrapes and publications. */
export class CollectorCalls {
  readonly #options: CollectorCallsOptions;
  /** Collectors that are past their time limit and have not answered to this day. */
  readonly #hanging = new Set<Collector>();
  /** How many calls of a collector have not been answered yet. */
  readonly #asked = new Map<Collector, number>();

  constructor(options: CollectorCallsOptions) {
    this.#options = options;
  }

  /** True while a call of the collector has not been answered, however long ago it was made. */
  isWaiting(collector: Collector): boolean {
    return this.#asked.has(collector);
  }

  /**
   * Calls for a collector's families. Never throws or rejects: of a call that fails or takes too
   * long, and of a collector that still hangs, the result has no families. In the background, the
   * program does not stay alive for the time limit.
   */
  start(
    collector: Collector,
    call: () => Families,
    inBackground = false,
  ): Result | Promise<Result> {
    if (this.#hanging.has(collector)) return this.fail(collector, 'timeout', undefined);
    const asked = this.#asked;
    const waiting = asked.get(collector) ?? 0;
    if (waiting >= MOST_CALLS) {
      const cause = new WrongAnswer(
        `expected an answer, got ${waiting} calls at once that wait for one: it may scrape its own registry`,
      );
      return this.fail(collector, 'throw', cause);
    }
    asked.set(collector, waiting + 1);
    const answered = (): void => {
      const left = asked.get(collector)! - 1;
      if (left > 0) asked.set(collector, left);
      else asked.delete(collector);
    };
    try {
      const families = call();
      if (isAsync(families)) {
        return this.#limit(collector, gather(families), answered, inBackground);
      }
      const result = { collector, families: checked(families) };
      answered();
      return result;
    } catch (error) {
      answered();
      return this.fail(collector, 'throw', error);
    }
  }

  #limit(
    collector: Collector,
    families: Promise<readonly MetricFamily[]>,
    answered: () => void,
    inBackground: boolean,
  ): Promise<Result> {
    const { clock, timeoutMs } = this.#options;
    const hanging = this.#hanging;
    return new Promise((resolve) => {
      // Of this call alone: one of another scrape, which began before it, may be past its limit.
      let late = false;
      const settle = (result: () => Result): void => {
        callOff();
        answered();
        if (late) hanging.delete(collector);
        else resolve(result());
      };
      const expire = (): void => {
        late = true;
        hanging.add(collector);
        resolve(this.fail(collector, 'timeout', undefined));
      };
      const callOff = clock.after(timeoutMs / 1000, expire, inBackground);
      families.then(
        (all) => settle(() => ({ collector, families: all })),
        (error: unknown) => settle(() => this.fail(collector, 'throw', error)),
      );
    });
  }

  /** The families relabelled: none where one is none, since its labels are read here already. */
  relabelled(relabelling: Relabelling, { collector, families }: Result): Result {
    try {
      const all = families.map((family) => {
        requireFamily(family);
        return relabelled(family, relabelling);
      });
      return { collector, families: all };
    } catch (cause) {
      const got = cause instanceof Error ? cause.message : show(cause);
      const message = `expected families, got ${got}`;
      return this.fail(collector, 'throw', new WrongAnswer(message, { cause }));
    }
  }

  /** Counts and says that a collector's families are missing, and returns a result without any. */
  fail(collector: Collector, reason: FailureReason, cause: unknown): Result {
    this.#options.onFailure(nameOf(collector), reason, cause);
    return { collector, families: NONE, failed: true };
  }
}

const NONE: readonly MetricFamily[] = [];

/** True where the families are not there yet. */
export function isAsync(families: Families): families is Exclude<Families, Iterable<MetricFamily>> {
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

/** The families as a list. */
function checked(families: Iterable<MetricFamily>): readonly MetricFamily[] {
  // `Array.from` takes any object for an empty list, a family that was returned alone as well.
  if (typeof families !== 'object' || typeof families?.[Symbol.iterator] !== 'function') {
    const isFamily = typeof (families as Partial<MetricFamily> | null)?.walk === 'function';
    const got = isFamily ? `one alone: ${show(families)}` : show(families);
    throw new WrongAnswer(`expected a list of families, got ${got}`);
  }
  const all = Array.from(families);
  for (const family of all) {
    if (typeof family?.walk !== 'function' || typeof family.name !== 'string') {
      throw new WrongAnswer(`expected a list of families, got ${show(family)} in it`);
    }
    if (!isMetricType(family.type)) {
      const { name, type } = family;
      throw new WrongAnswer(`expected a known type of family ${show(name)}, got ${show(type)}`);
    }
  }
  return all;
}
