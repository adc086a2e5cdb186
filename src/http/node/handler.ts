/** The adapter for Node's own `(request, response)`, and so for the frameworks built on it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  answerScrape,
  type MetricsHandlerOptions,
  type ScrapeRequest,
  toScrapeSettings,
} from '../exchange.ts';
import { respond } from './respond.ts';

/** What `http.createServer` takes, and any framework that has Node's own objects at hand. */
export type NodeMetricsHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

/**
 * Returns a listener that answers requests for metrics, whatever path they came on.
 *
 * It does what `metricsHandler` of `promethium/http` does, without the detour over `Request` and
 * `Response`. The promise resolves when the response has ended, however it ended, and does not
 * reject.
 *
 * @example In Express; in Koa as `metrics(ctx.req, ctx.res)` after `ctx.respond = false`; in
 * Fastify as `metrics(request.raw, reply.raw)` after `reply.hijack()`
 * ```ts
 * import { nodeMetricsHandler } from 'promethium/http/node';
 *
 * app.get('/metrics', nodeMetricsHandler());
 * ```
 *
 * @throws {TypeError} When an option is unknown or has the wrong type.
 * @throws {RangeError} When a bound is not a positive integer or a credential cannot be sent.
 */
export function nodeMetricsHandler(options: MetricsHandlerOptions = {}): NodeMetricsHandler {
  const settings = toScrapeSettings(options, 'nodeMetricsHandler');
  return async (request, response) => {
    const answer = await answerScrape(toScrapeRequest(request), settings);
    await respond(response, answer, settings.onError);
  };
}

/** As much of Node's request as the answer depends on. */
export function toScrapeRequest({
  method = 'GET',
  url = '/',
  headers,
}: IncomingMessage): ScrapeRequest {
  return {
    method,
    url,
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}
