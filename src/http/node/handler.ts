/** The adapter for Node's own `(request, response)`, and so for the frameworks built on it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { show } from '../../model/error.ts';
import { answerScrape, type ScrapeRequest } from '../exchange.ts';
import { type MetricsHandlerOptions, toScrapeSettings } from '../handler-options.ts';
import { beginService } from '../scrape-service.ts';
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
 * reject, unless there is no response: where `Request` and `Response` are spoken, that is.
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
 * @throws {RangeError} When a bound is not an integer that can be one, or a credential cannot be sent.
 * @throws {AlreadyRegisteredError} When `metrics` is given and one of their names is something else's.
 */
export function nodeMetricsHandler(options: MetricsHandlerOptions = {}): NodeMetricsHandler {
  const service = beginService(toScrapeSettings(options, 'nodeMetricsHandler'));
  return async (request, response) => {
    if (typeof response?.writeHead !== 'function') {
      throw new TypeError(
        `nodeMetricsHandler: no response, expected a ServerResponse, got ${show(response)}; metricsHandler() of promethium/http takes a Request alone`,
      );
    }
    const answer = await answerScrape(toScrapeRequest(request), service);
    await respond(response, answer, service);
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
