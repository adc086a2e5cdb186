/** What went wrong in a registry: counted, and said to whoever listens. */

import { MetricsError, show } from '../model/error.ts';
import type { Pairs } from '../model/labels.ts';
import type { Storage } from '../storage/storage.ts';
import type { Clock } from './clock.ts';
import type { ExemplarDropReason } from './exemplar-keeper.ts';
import { type FailureReason, OwnCounter, reportOnce } from './failures.ts';

/** What a report needs of its registry. */
export interface RegistryReportOptions {
  /** Where it is counted. Asked when there is something to count. */
  readonly storage: () => Storage;
  readonly clock: Clock;
  readonly constantLabels: Pairs;
  readonly timeoutMs: number;
  readonly onError: ((error: MetricsError) => void) | undefined;
}

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
  readonly #reportOnce = reportOnce();
  readonly #failures: OwnCounter;
  readonly #overflows: OwnCounter;
  readonly #dropped: OwnCounter;
  /** Which reasons of which metrics were said: a message for each exemplar would be a flood. */
  readonly #said = new Set<string>();

  constructor(options: RegistryReportOptions) {
    const { constantLabels } = options;
    this.#options = options;
    this.onError = options.onError;
    this.#failures = new OwnCounter({
      name: 'promethium_collector_failures',
      help: 'Scrapes that show none of the families of a collector, by the reason.',
      labelNames: ['collector', 'reason'],
      constantLabels,
    });
    this.#overflows = new OwnCounter({
      name: 'promethium_label_overflows',
      help: 'Times that a metric had no room for one more child and used the one for the rest.',
      labelNames: ['metric'],
      constantLabels,
    });
    this.#dropped = new OwnCounter({
      name: 'promethium_exemplars_dropped',
      help: 'Exemplars that were dropped, by the reason. Their observations were counted.',
      labelNames: ['metric', 'reason'],
      constantLabels,
    });
  }

  /** The counters, which come last in a scrape. */
  get counters(): readonly OwnCounter[] {
    return [this.#failures, this.#overflows, this.#dropped];
  }

  /** A collector's families are missing. */
  failed(collector: string, reason: FailureReason, cause: unknown): void {
    const { storage, clock, timeoutMs } = this.#options;
    this.#failures.count(storage(), clock.now(), [collector, reason]);
    const what =
      reason === 'timeout'
        ? `expected an answer within ${timeoutMs} ms, got none`
        : reason === 'duplicate'
          ? `expected families of its own, got ${show(cause)}, which was exposed already`
          : `expected families, got ${cause instanceof Error ? cause.message : show(cause)}`;
    const code = reason === 'timeout' ? 'COLLECT_TIMEOUT' : 'COLLECT_FAILED';
    this.#say(new MetricsError(code, `collector "${collector}": failed, ${what}`, { cause }));
  }

  /** An exemplar of a metric was dropped. */
  exemplarDropped(metric: string, reason: ExemplarDropReason, cause: unknown): void {
    const { storage, clock } = this.#options;
    this.#dropped.count(storage(), clock.now(), [metric, reason]);
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
    const { storage, clock } = this.#options;
    this.#overflows.count(storage(), clock.now(), [metric]);
  }

  /** Begins anew. */
  reset(): void {
    for (const counter of this.counters) counter.reset();
    this.#said.clear();
  }

  #say(error: MetricsError): void {
    try {
      // A listener may be async, whatever its type says: nobody else would hear that it failed.
      Promise.resolve((this.onError ?? this.#reportOnce)(error)).catch(() => {});
    } catch {
      // The listener's own mistake must cost neither a scrape nor an observation.
    }
  }
}
