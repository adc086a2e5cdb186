/** The adapter for whatever speaks `Request` and `Response`: Node, Bun, Deno, edge workers. */

import {
  answerScrape,
  type Exposition,
  type MetricsHandlerOptions,
  type ScrapeSettings,
  toFailure,
  toScrapeSettings,
} from './exchange.ts';

/** The chunks of an exposition, each valid until the next is asked for. */
type Chunks = AsyncGenerator<Uint8Array>;

/**
 * Returns a function that answers requests for metrics, whatever path they came on.
 *
 * GET and HEAD are answered with status 200, OPTIONS with 204, other methods with 405. The format is
 * the one that `Accept` prefers, compressed where `Accept-Encoding` allows gzip. `?name[]=a&name[]=b`
 * asks for samples of these names alone. The body is rendered as fast as it is read, and no further
 * once the client hangs up.
 *
 * The promise does not reject: a source that fails is status 500, or a body that breaks off where
 * bytes had been sent, and `onError` is told why.
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
 * @throws {RangeError} When a bound is not a positive integer or a credential cannot be sent.
 * @see {@link https://prometheus.io/docs/instrumenting/content_negotiation/ | Content negotiation}
 */
export function metricsHandler(
  options: MetricsHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const settings = withSupport(toScrapeSettings(options, 'metricsHandler'));
  return async ({ method, url, headers: sent }) => {
    const { status, headers, body } = await answerScrape(
      { method, url, header: (name) => sent.get(name) },
      settings,
    );
    if (typeof body !== 'object') return new Response(body ?? null, { status, headers });
    return respond(body, headers, settings.onError);
  };
}

/** Not every runtime can compress. Those that cannot send every body as it is. */
function withSupport(settings: ScrapeSettings): ScrapeSettings {
  if (typeof CompressionStream === 'function') return settings;
  return { ...settings, disableCompression: true };
}

async function respond(
  { format, source, created, gzip }: Exposition,
  headers: Readonly<Record<string, string>>,
  onError: (error: unknown) => void,
): Promise<Response> {
  const chunks = format.write(source, { pause, created, onError });
  let first: IteratorResult<Uint8Array>;
  try {
    // Until there is a first chunk the status is open, so that a failure can still be one.
    first = await chunks.next();
  } catch (error) {
    onError(error);
    const { status, headers, body } = toFailure();
    return new Response(body as string, { status, headers });
  }
  const stream = toStream(first, chunks, onError);
  const body = gzip ? stream.pipeThrough(new CompressionStream('gzip')) : stream;
  return new Response(body, { headers });
}

function toStream(
  first: IteratorResult<Uint8Array>,
  chunks: Chunks,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let begun: IteratorResult<Uint8Array> | undefined = first;
  let cancelled = false;
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = begun ?? (await chunks.next());
          begun = undefined;
          // While the chunk was being written the reader may have left, and the stream is closed.
          if (cancelled) return;
          if (done) controller.close();
          // Copied, since readers keep what they read. Not by slice(): a Buffer's shares its memory.
          else controller.enqueue(new Uint8Array(value));
        } catch (error) {
          controller.error(error);
          onError(error);
        }
      },
      async cancel() {
        cancelled = true;
        await chunks.return(undefined);
      },
    },
    // Nothing is rendered ahead of the reader.
    { highWaterMark: 0 },
  );
}

/** Gives the event loop its turn. A timer is the one way to it that all runtimes have. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
