/**
 * What a request for metrics is answered with: every decision, and no byte of the body. Adapters
 * hand the request in as three plain things and carry the answer out in the manner of their runtime.
 */

import type { ExpositionFormat } from '../exposition/format.ts';
import { acceptsGzip, negotiate } from '../exposition/negotiate.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { Collector } from '../model/family.ts';
import { isAuthorized } from './authentication.ts';
import type { RequestRecord } from './handler-metrics.ts';
import type { ScrapeSettings } from './handler-options.ts';
import { warnOfLoneWorker } from './lone-worker.ts';
import type { ScrapeService } from './scrape-service.ts';

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
  /** What the handler says of this request, where it is one for metrics: to be ended with it. */
  readonly record?: RequestRecord;
}

const METHODS = 'GET, HEAD, OPTIONS';

/** Answers a request for metrics, on whatever path it came: who mounted the handler chose it. */
export async function answerScrape(
  request: ScrapeRequest,
  service: ScrapeService,
): Promise<Answer> {
  const record = service.beginRecord();
  const answer =
    (await refuseStranger(request, service)) ??
    answerMethod(request) ??
    withoutBody(request, planScrape(request, service));
  return record === undefined ? answer : { ...answer, record };
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

/** The answer where as many scrapes are under way, or wait, as there may be. */
export function toBusy(): Answer {
  return toSentence(503, 'As many scrapes are under way as are answered at once.', {
    'Retry-After': '1',
  });
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
  warnOfLoneWorker(registry);
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
