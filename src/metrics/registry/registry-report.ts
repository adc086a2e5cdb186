/** What went wrong in a registry: counted, and said to whoever listens. */

import { MetricsError, show } from '../../model/error.ts';
import type { Pairs } from '../../model/labels.ts';
import type { Storage } from '../../storage/storage.ts';
import {
  type FailureReason,
  OwnCounter,
  reportOnce,
  WrongAnswer,
  wordsOf,
} from '../collection/failures.ts';
import type { ExemplarDropReason } from '../exemplars/exemplar-keeper.ts';
import type { Clock } from '../timing/clock.ts';

/** What a report needs of its registry. */
export interface RegistryReportOptions {
  /** Where it is counted. Asked when there is something to count. */
  readonly storage: () => Storage;
  readonly clock: Clock;
  readonly constantLabels: Pairs;
  readonly timeoutMs: number;
  readonly onError: ((error: MetricsError) => void) | undefined;
}

const FAILURES = {
  name: 'promethium_collector_failures',
  help: 'Scrapes that show none of the families of a collector, by the reason.',
  labelNames: ['collector', 'reason'],
};

const OVERFLOWS = {
  name: 'promethium_label_overflows',
  help: 'Times that a metric had no room for one more child and used the one for the rest.',
  labelNames: ['metric'],
};

const DROPPED = {
  name: 'promethium_exemplars_dropped',
  help: 'Exemplars that were dropped, by the reason. Their observations were counted.',
  labelNames: ['metric', 'reason'],
};

/** The counters in the order of a scrape. */
const COUNTERS = [FAILURES, OVERFLOWS, DROPPED] as const;

/** What an exemplar should have been, by what is wrong with it. */
const EXPECTED_OF_EXEMPLARS: Readonly<Record<ExemplarDropReason, string>> = {
  shape: 'expected an object of labels, got something else',
  label_name: 'expected label names as metrics have them, got another',
  label_value: 'expected strings and numbers as label values, got something else',
  too_long: 'expected labels of at most 128 code points together, got more',
  provider: 'expected labels or nothing of its provider, got',
};

/** Counts and says what went wrong. */
export class RegistryReport {
  /** Told what went wrong; the console is where there is nobody. */
  onError: ((error: MetricsError) => void) | undefined;
  readonly #options: RegistryReportOptions;
  #toConsole: ((error: MetricsError) => void) | undefined;
  /** Made with the first count, since every import of this package makes a registry. */
  #counters: readonly OwnCounter[] | undefined;
  /** Which reasons of which metrics were said: a message for each exemplar would be a flood. */
  readonly #said = new Set<string>();

  constructor(options: RegistryReportOptions) {
    this.#options = options;
    this.onError = options.onError;
  }

  /** The counters, which come last in a scrape; none where nothing was counted. */
  get counters(): readonly OwnCounter[] {
    return this.#counters ?? [];
  }

  /** A collector's families are missing. */
  failed(collector: string, reason: FailureReason, cause: unknown): void {
    const { timeoutMs } = this.#options;
    this.#count(FAILURES, [collector, reason]);
    const what =
      reason === 'timeout'
        ? `failed, expected an answer within ${timeoutMs} ms, got none`
        : reason === 'duplicate'
          ? `failed, expected families of its own, got ${show(cause)}, which was exposed already`
          : cause instanceof WrongAnswer
            ? `failed, ${cause.message}`
            : `threw, expected families, got ${wordsOf(cause)}`;
    const code = reason === 'timeout' ? 'COLLECT_TIMEOUT' : 'COLLECT_FAILED';
    // Of a wrong answer it is told here where it was found, which helps nobody.
    const thrown = cause instanceof WrongAnswer ? cause.cause : cause;
    this.#say(new MetricsError(code, `collector "${collector}": ${what}`, { cause: thrown }));
  }

  /** An exemplar of a metric was dropped. */
  exemplarDropped(metric: string, reason: ExemplarDropReason, cause: unknown): void {
    this.#count(DROPPED, [metric, reason]);
    const key = `${reason} ${metric}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    const thrown = cause instanceof Error ? cause.message : show(cause);
    const what = EXPECTED_OF_EXEMPLARS[reason] + (reason === 'provider' ? ` ${thrown}` : '');
    const message = `metric "${metric}": an exemplar was dropped, ${what}`;
    this.#say(new MetricsError('EXEMPLAR_DROPPED', message, { cause }));
  }

  /** A metric had no room for a child. */
  overflowed(metric: string): void {
    this.#count(OVERFLOWS, [metric]);
  }

  /** Begins anew. */
  reset(): void {
    for (const counter of this.counters) counter.reset();
    this.#said.clear();
  }

  #count(what: (typeof COUNTERS)[number], values: readonly string[]): void {
    const { storage, clock, constantLabels } = this.#options;
    this.#counters ??= COUNTERS.map((counter) => new OwnCounter({ ...counter, constantLabels }));
    this.#counters[COUNTERS.indexOf(what)]!.count(storage(), clock.now(), values);
  }

  #say(error: MetricsError): void {
    try {
      // A listener may be async, whatever its type says: nobody else would hear that it failed.
      this.#toConsole ??= reportOnce();
      Promise.resolve((this.onError ?? this.#toConsole)(error)).catch(() => {});
    } catch {
      // The listener's own mistake must cost neither a scrape nor an observation.
    }
  }
}
