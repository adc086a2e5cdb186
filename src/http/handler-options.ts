/** What every handler of metrics is told, checked once and complete from then on. */

import { REGISTRY } from '../metrics/registry/default-registry.ts';
import type { InstrumentRegistry } from '../metrics/registry/instrument-registry.ts';
import { show } from '../model/error.ts';
import type { Collector } from '../model/family.ts';
import {
  type Authentication,
  type AuthenticationOptions,
  toAuthentication,
} from './authentication.ts';
import {
  requireBoolean,
  requireOptions,
  requirePositiveInteger,
  requireWholeNumber,
} from './option-rules.ts';
import type { ScrapeLimits } from './scrape-queue.ts';

/** How metrics are served. The same for every adapter. */
export interface MetricsHandlerOptions extends AuthenticationOptions, ScrapeLimits {
  /** What is served: a registry, or anything that collects. The default registry unless given. */
  readonly registry?: Collector;
  /** Sends every body as it is, whatever the client accepts: where a proxy in front compresses. */
  readonly disableCompression?: boolean;
  /**
   * Shows in OpenMetrics when each counter, summary and histogram began, as `_created`. Off unless
   * given, since a server that does not read these as start times keeps one more series for each.
   */
  readonly created?: boolean;
  /** Characters a query may have; longer ones are answered with status 414. 65,536 unless given. */
  readonly maxQueryLength?: number;
  /** Values of `name[]` a query may have; more are answered with status 400. 1,024 unless given. */
  readonly maxNames?: number;
  /**
   * Counts what the handler itself does: `promhttp_metric_handler_requests_total` by code,
   * `…_requests_in_flight`, `…_request_duration_seconds` and `…_response_size_bytes`, with a client that hung
   * up unanswered as code 499. In the registry that is served, where that is a `CollectorRegistry`, or in
   * the one given. Handlers that count in one registry share the metrics. Off unless given.
   */
  readonly metrics?: boolean | InstrumentRegistry;
  /**
   * Called with what made a scrape fail, or a family of it; the client learns that it failed, not why. Writes to the
   * console unless given. A client that hangs up is no failure. What it throws, or rejects with, is dropped.
   */
  readonly onError?: (error: unknown) => void;
}

/** {@linkcode MetricsHandlerOptions}, checked and complete. */
export interface ScrapeSettings {
  readonly registry: Collector;
  readonly disableCompression: boolean;
  readonly created: boolean;
  readonly maxQueryLength: number;
  readonly maxNames: number;
  readonly limits: Required<ScrapeLimits>;
  /** Where the handler counts itself, if it does. */
  readonly metrics: InstrumentRegistry | undefined;
  readonly authentication: Authentication | undefined;
  readonly onError: (error: unknown) => void;
}

const OPTIONS: readonly (keyof MetricsHandlerOptions)[] = [
  'registry',
  'basicAuth',
  'bearerToken',
  'disableCompression',
  'created',
  'maxQueryLength',
  'maxNames',
  'maxConcurrentScrapes',
  'maxQueuedScrapes',
  'metrics',
  'onError',
];

/**
 * Checks the options, once, and fills in what was not given.
 *
 * @param own - The options that an adapter has beside these.
 * @throws {TypeError} When an option is unknown or has the wrong type.
 * @throws {RangeError} When a bound is not an integer that can be one, or a credential cannot be sent.
 */
export function toScrapeSettings(
  options: MetricsHandlerOptions,
  subject: string,
  own: readonly string[] = [],
): ScrapeSettings {
  requireOptions(subject, options, [...OPTIONS, ...own]);
  const {
    registry = REGISTRY,
    disableCompression = false,
    created = false,
    maxQueryLength = 65_536,
    maxNames = 1024,
    onError = reportToConsole,
  } = options;
  if (typeof (registry as Partial<Collector> | null)?.collect !== 'function') {
    throw new TypeError(
      `${subject}: registry has the wrong type, expected an object with collect(), got ${show(registry)}`,
    );
  }
  requireBoolean(`${subject}: disableCompression`, disableCompression);
  requireBoolean(`${subject}: created`, created);
  requirePositiveInteger(`${subject}: maxQueryLength`, maxQueryLength);
  requirePositiveInteger(`${subject}: maxNames`, maxNames);
  if (typeof onError !== 'function') {
    throw new TypeError(
      `${subject}: onError has the wrong type, expected a function, got ${show(onError)}`,
    );
  }
  return {
    registry,
    disableCompression,
    created,
    maxQueryLength,
    maxNames,
    limits: toLimits(options, subject),
    metrics: toMetricsRegistry(options.metrics, registry, subject),
    authentication: toAuthentication(options, subject),
    onError: (error) => {
      // Nobody awaits a listener: its mistake, now or later, would end the process for a scraper's sake.
      new Promise((resolve) => resolve(onError(error))).catch(() => {});
    },
  };
}

function toLimits(options: ScrapeLimits, subject: string): Required<ScrapeLimits> {
  const { maxConcurrentScrapes = 4, maxQueuedScrapes = 32 } = options;
  requirePositiveInteger(`${subject}: maxConcurrentScrapes`, maxConcurrentScrapes);
  requireWholeNumber(`${subject}: maxQueuedScrapes`, maxQueuedScrapes);
  return { maxConcurrentScrapes, maxQueuedScrapes };
}

function toMetricsRegistry(
  metrics: boolean | InstrumentRegistry | undefined,
  served: Collector,
  subject: string,
): InstrumentRegistry | undefined {
  if (metrics === undefined || metrics === false) return undefined;
  const registry: unknown = metrics === true ? served : metrics;
  // Asked by its parts and not by class: it may be another copy's of this package, or a view.
  if (typeof (registry as Partial<InstrumentRegistry> | null)?.root?.register === 'function') {
    return registry as InstrumentRegistry;
  }
  if (metrics === true) {
    throw new TypeError(
      `${subject}: metrics cannot be declared in what is served, expected a CollectorRegistry or the registry to declare them in, got ${show(served)}`,
    );
  }
  throw new TypeError(
    `${subject}: metrics has the wrong type, expected true, false or a CollectorRegistry, got ${show(metrics)}`,
  );
}

function reportToConsole(error: unknown): void {
  console.error('promethium: a scrape failed, or a part of it:', error);
}
