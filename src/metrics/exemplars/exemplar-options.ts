/** Where exemplars come from that nobody gave, and how often one is looked for. */

import { show } from '../../model/error.ts';
import type { LabelValue } from '../../model/labels.ts';
import { isFinitePart, refuseUnknown, requireNumber } from '../../model/option.ts';

/**
 * The labels of an exemplar, such as `{ trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }`: names and
 * values together at most 128 code points. One without labels is none.
 */
export type ExemplarLabels = Readonly<Record<string, LabelValue>>;

/**
 * Returns what leads from the observation that is being made to its trace; nothing where there is
 * none, or it is not going to be kept. It runs within the call that observes, so that an
 * `AsyncLocalStorage` tells it the request. Must not wait; what it throws is counted, not thrown on.
 */
export type ExemplarProvider = () => ExemplarLabels | undefined;

/**
 * How exemplars are sampled. A counter, and each bucket of a histogram, has one exemplar.
 *
 * An exemplar that is given with `inc` or `observe` is always taken, and is not replaced by a sampled
 * one before it is {@linkcode maxAgeSeconds} old.
 */
export interface ExemplarOptions {
  /** Where exemplars come from: `openTelemetryExemplars`, or a function of your own. */
  readonly provider: ExemplarProvider;
  /** Seconds for which a sampled exemplar is kept whatever comes: 7 unless given. */
  readonly minAgeSeconds?: number;
  /**
   * Seconds after which a sampled exemplar is no longer shown: 70 unless given. Longer than the
   * time between two scrapes, so that each has been read.
   */
  readonly maxAgeSeconds?: number;
  /** Seconds between two exemplars of one series, whatever its buckets: 0.09 unless given. */
  readonly intervalSeconds?: number;
}

/** {@linkcode ExemplarOptions}, checked and complete. */
export type ExemplarSampling = Required<ExemplarOptions>;

const OPTIONS = ['provider', 'minAgeSeconds', 'maxAgeSeconds', 'intervalSeconds'];

/**
 * Checks the options and fills in what was not given. The numbers are those of Prometheus's client
 * for Java: seven seconds are too short for a scrape to miss many, and bound the rate per bucket.
 *
 * @param subject - What has the options, as errors name it.
 * @throws {TypeError} When an option is unknown or of the wrong type.
 * @throws {RangeError} When an age or interval is negative, infinite or NaN, or the greatest age
 * less than the least.
 */
export function toExemplarSampling(subject: string, options: ExemplarOptions): ExemplarSampling {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `${subject}: exemplars are none, expected { provider: … }, got ${show(options)}`,
    );
  }
  refuseUnknown(subject, options, OPTIONS, ' of exemplars');
  const { provider, minAgeSeconds = 7, maxAgeSeconds = 70, intervalSeconds = 0.09 } = options;
  if (typeof provider !== 'function') {
    throw new TypeError(
      `${subject}: exemplars have no provider, expected a function, got ${show(provider)}`,
    );
  }
  const seconds = { minAgeSeconds, maxAgeSeconds, intervalSeconds };
  for (const [name, value] of Object.entries(seconds)) {
    const what = `${subject}: ${name} of exemplars is no duration`;
    requireNumber(what, 'seconds >= 0', value, isFinitePart);
  }
  if (maxAgeSeconds < minAgeSeconds) {
    throw new RangeError(
      `${subject}: maxAgeSeconds of exemplars is too short, expected minAgeSeconds, ${minAgeSeconds}, or more, got ${maxAgeSeconds}`,
    );
  }
  return { provider, ...seconds };
}

/** The same for an instrument's own option: `undefined` is the registry's way, `false` is none. */
export function toOwnExemplarSampling(
  subject: string,
  options: ExemplarOptions | false | undefined,
): ExemplarSampling | false | undefined {
  return options === undefined || options === false
    ? options
    : toExemplarSampling(subject, options);
}
