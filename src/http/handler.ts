/** The adapter for whatever speaks `Request` and `Response`: Node, Bun, Deno, edge workers. */

import { type Answer, answerScrape, type Exposition, toBusy, toFailure } from './exchange.ts';
import { answerForeign, foreignRequest } from './foreign-request.ts';
import { HUNG_UP } from './handler-metrics.ts';
import {
  type MetricsHandlerOptions,
  type ScrapeSettings,
  toScrapeSettings,
} from './handler-options.ts';
import { paced } from './pace.ts';
import type { QueuedScrape } from './scrape-queue.ts';
import { beginService, type ScrapeService } from './scrape-service.ts';
import { ScrapeStream } from './scrape-stream.ts';

/** A handler at work, and what gives the event loop its turn. */
interface Service extends ScrapeService {
  readonly pause: () => Promise<void>;
}

/**
 * Returns a function that answers requests for metrics, whatever path they came on.
 *
 * GET and HEAD are answered with status 200, OPTIONS with 204, other methods with 405. The format is
 * the one that `Accept` prefers, compressed where `Accept-Encoding` allows gzip. `?name[]=a&name[]=b`
 * asks for samples of these names alone. The body is rendered as fast as it is read, and no further
 * once the client hangs up.
 *
 * The promise does not reject: a source that fails is status 500, or a body that breaks off where
 * bytes had been sent, and `onError` is told why. So is what is no `Request`, as Node's own servers
 * hand it in: these take `nodeMetricsHandler` of `promethium/http/node`.
 *
 * @example
 * ```ts
 * import { metricsHandler } from 'promethium/http';
 *
 * const metrics = metricsHandler();
 * export default { fetch: metrics }; // bun run, deno serve, and many a worker
 * ```
 *
 * @throws {TypeError} When an option is unknown or has the wrong type.
 * @throws {RangeError} When a bound is not an integer that can be one, or a credential cannot be sent.
 * @throws {AlreadyRegisteredError} When `metrics` is given and one of their names is something else's.
 * @see {@link https://prometheus.io/docs/instrumenting/content_negotiation/ | Content negotiation}
 */
export function metricsHandler(
  options: MetricsHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const settings = withSupport(toScrapeSettings(options, 'metricsHandler'));
  // All scrapes of a handler share one pace.
  const service: Service = { ...beginService(settings), pause: paced() };
  return async (request: Request, ...[beside]: readonly unknown[]) => {
    const foreign = foreignRequest(request);
    if (foreign !== undefined) return refuse(foreign, beside, service);
    const { method, url, headers: sent } = request;
    const answer = await answerScrape({ method, url, header: (name) => sent.get(name) }, service);
    if (typeof answer.body !== 'object') return toResponse(answer);
    return queue(answer.body, answer, request.signal, service);
  };
}

/** Not every runtime can compress. Those that cannot send every body as it is. */
function withSupport(settings: ScrapeSettings): ScrapeSettings {
  if (typeof CompressionStream === 'function') return settings;
  return { ...settings, disableCompression: true };
}

/** Answers what is no request that can be read. */
function refuse(reason: TypeError, beside: unknown, service: Service): Response {
  service.onError(reason);
  const record = service.beginRecord();
  const answer = toFailure();
  answerForeign(beside, answer);
  return toResponse(record === undefined ? answer : { ...answer, record });
}

/** An answer of a sentence or nothing. */
function toResponse({ status, headers, body, record }: Answer): Response {
  const text = typeof body === 'string' ? body : null;
  record?.sent(text === null ? 0 : new TextEncoder().encode(text).length);
  record?.end(status);
  return new Response(text, { status, headers });
}

/** Begins a scrape once its turn has come, unless the client hangs up before that. */
async function queue(
  body: Exposition,
  answer: Answer,
  signal: AbortSignal | undefined,
  service: Service,
): Promise<Response> {
  let stream: ScrapeStream | undefined;
  const scrape = service.queue.enter(() => stream?.cut());
  if (scrape === undefined) return toResponse({ ...answer, ...toBusy() });
  const leave = (): void => scrape.leave();
  signal?.addEventListener('abort', leave);
  const hasTurn = await scrape.turn;
  signal?.removeEventListener('abort', leave);
  if (!hasTurn) {
    answer.record?.end(HUNG_UP);
    return toResponse(toBusy());
  }
  stream = await begin(body, answer, { ...service, scrape });
  if (stream !== undefined) return new Response(stream.readable, { headers: answer.headers });
  scrape.leave();
  return toResponse({ ...answer, ...toFailure() });
}

/** The body, or nothing where the source fails before there is a byte of it. */
async function begin(
  { format, source, created, gzip }: Exposition,
  { record }: Answer,
  { scrape, onError, pause }: Service & { readonly scrape: QueuedScrape },
): Promise<ScrapeStream | undefined> {
  const chunks = format.write(source, { pause, created, onError });
  try {
    // Until there is a first chunk the status is open, so that a failure can still be one.
    const first = await chunks.next();
    return new ScrapeStream(first, chunks, { gzip, scrape, record, onError });
  } catch (error) {
    onError(error);
    return undefined;
  }
}
