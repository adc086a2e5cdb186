/**
 * What a request for metrics is answered with: every decision, and no byte of the body. Adapters
 * hand the request in as three plain things and carry the answer out in the manner of their runtime.
 */

import { acceptsGzip, type ExpositionFormat, negotiate } from '../exposition/index.ts';
import { REGISTRY } from '../metrics/default-registry.ts';
import { CollectorRegistry } from '../metrics/registry.ts';
import { show } from '../model/error.ts';
import type { Collector } from '../model/family.ts';
import {
  type Authentication,
  type AuthenticationOptions,
  isAuthorized,
  toAuthentication,
} from './authentication.ts';
import { requireBoolean, requireOptions, requirePositiveInteger } from './option-rules.ts';

/** How metrics are served. The same for every adapter. */
export interface MetricsHandlerOptions extends AuthenticationOptions {
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
  readonly authentication: Authentication | undefined;
  readonly onError: (error: unknown) => void;
}

/** As much of a request as the answer depends on. */
export interface ScrapeRequest {
  /** The method, in upper case. */
  readonly method: string;
  /** The target, absolute or from the path on. */
  readonly url: string;
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | null | undefined;
}

/** A scrape that is still to be written. */
export interface Exposition {
  /** The format that was agreed on. */
  readonly format: ExpositionFormat;
  /** What is to be written in it. */
  readonly source: Collector;
  /** True when start times are to be shown, where the format has them. */
  readonly created: boolean;
  /** True when the bytes are to be compressed on their way. */
  readonly gzip: boolean;
}

/** What the client gets. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A sentence, a scrape, or nothing. */
  readonly body: string | Exposition | undefined;
}

const METHODS = 'GET, HEAD, OPTIONS';

const OPTIONS: readonly (keyof MetricsHandlerOptions)[] = [
  'registry',
  'basicAuth',
  'bearerToken',
  'disableCompression',
  'created',
  'maxQueryLength',
  'maxNames',
  'onError',
];

/**
 * Checks the options, once, and fills in what was not given.
 *
 * @param own - The options that an adapter has beside these.
 * @throws {TypeError} When an option is unknown or has the wrong type.
 * @throws {RangeError} When a bound is not a positive integer or a credential cannot be sent.
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
  const authentication = toAuthentication(options, subject);
  return {
    registry,
    disableCompression,
    created,
    maxQueryLength,
    maxNames,
    authentication,
    onError: (error) => {
      // Nobody awaits a listener: its mistake, now or later, would end the process for a scraper's sake.
      new Promise((resolve) => resolve(onError(error))).catch(() => {});
    },
  };
}

/** Answers a request for metrics, on whatever path it came: who mounted the handler chose it. */
export async function answerScrape(
  request: ScrapeRequest,
  settings: ScrapeSettings,
): Promise<Answer> {
  return (
    (await refuseStranger(request, settings)) ??
    answerMethod(request) ??
    withoutBody(request, planScrape(request, settings))
  );
}

/** The answer to a request without the credential asked for; `undefined` to all others. */
export async function refuseStranger(
  request: ScrapeRequest,
  { authentication }: Pick<ScrapeSettings, 'authentication'>,
): Promise<Answer | undefined> {
  if (authentication === undefined) return undefined;
  if (await isAuthorized(request.header('authorization'), authentication)) return undefined;
  return withoutBody(
    request,
    toSentence(401, 'These metrics are shown to those who know the password or token.', {
      'WWW-Authenticate': authentication.challenge,
    }),
  );
}

/** The answer to methods that ask for no content; `undefined` to GET and HEAD. */
export function answerMethod({ method }: ScrapeRequest): Answer | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method === 'OPTIONS') return { status: 204, headers: { Allow: METHODS }, body: undefined };
  return toSentence(405, `This address answers ${METHODS} and no other method.`, {
    Allow: METHODS,
  });
}

/** The answer as HEAD gets it: the same status and headers, and nothing rendered. */
export function withoutBody({ method }: ScrapeRequest, answer: Answer): Answer {
  return method === 'HEAD' ? { ...answer, body: undefined } : answer;
}

/** An answer of one sentence. */
export function toSentence(
  status: number,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = `${sentence}\n`;
  return {
    status,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': String(new TextEncoder().encode(body).length),
      'Cache-Control': 'no-store',
      ...headers,
    },
    body,
  };
}

/** The answer where the source failed before its first byte. It does not say why: logs do. */
export function toFailure(): Answer {
  return toSentence(500, 'The metrics could not be collected.');
}

/** The part of a request's target after its first question mark. */
export function queryOf(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? '' : url.slice(mark + 1);
}

function planScrape(request: ScrapeRequest, settings: ScrapeSettings): Answer {
  const { maxQueryLength, maxNames, registry, disableCompression, created } = settings;
  const query = queryOf(request.url);
  if (query.length > maxQueryLength) {
    return toSentence(414, `The query is too long: at most ${maxQueryLength} characters are read.`);
  }
  const names = new URLSearchParams(query).getAll('name[]').filter((name) => name.trim() !== '');
  if (names.length > maxNames) {
    return toSentence(400, `The query has too many names: at most ${maxNames} are read.`);
  }
  const format = negotiate(request.header('accept'));
  const source = names.length === 0 ? registry : restricted(registry, names);
  const gzip = !disableCompression && acceptsGzip(request.header('accept-encoding'));
  return {
    status: 200,
    headers: {
      'Content-Type': format.contentType,
      ...(gzip && { 'Content-Encoding': 'gzip' }),
      Vary: disableCompression ? 'Accept' : 'Accept, Accept-Encoding',
      // What a cache would keep is out of date when it is read.
      'Cache-Control': 'no-store',
    },
    body: { format, source, created, gzip },
  };
}

/** What bears one of the names. It is looked for when it is collected, where failing has an answer. */
function restricted(source: Collector, names: readonly string[]): Collector {
  return {
    collect() {
      // Asked by method and not by class: the registry may come from another copy of this package.
      const { restrictedTo } = source as Partial<CollectorRegistry>;
      if (typeof restrictedTo === 'function') return restrictedTo.call(source, names).collect();
      const registry = new CollectorRegistry();
      registry.register(source);
      return registry.restrictedTo(names).collect();
    },
  };
}

function reportToConsole(error: unknown): void {
  console.error('promethium: a scrape failed, or a part of it:', error);
}
