/**
 * A handler for `Request` that was given to something else, such as `http.createServer` of Node: types would
 * refuse it, and JavaScript calls it with a request that it cannot read.
 */

import { show } from '../model/error.ts';
import type { Answer } from './exchange.ts';

/** As much of Node's response as it takes to end it. */
interface NodeResponse {
  readonly headersSent: boolean;
  writeHead(status: number, headers: Readonly<Record<string, string>>): void;
  end(body?: string): void;
}

/** The reason why what came is no `Request`; nothing where it is one. */
export function foreignRequest(request: unknown): TypeError | undefined {
  const { headers } = (request ?? {}) as { readonly headers?: { readonly get?: unknown } };
  if (typeof headers?.get === 'function') return undefined;
  return new TypeError(
    `metricsHandler: no request, expected a Request, got ${show(request)}; nodeMetricsHandler() of promethium/http/node is for Node's servers`,
  );
}

/**
 * Ends the request by what came beside it, where that is a response as Node has it: what is returned
 * to such a caller, nobody sends.
 */
export function answerForeign(response: unknown, { status, headers, body }: Answer): void {
  const { headersSent, writeHead, end } = (response ?? {}) as Partial<NodeResponse>;
  if (headersSent !== false || typeof writeHead !== 'function' || typeof end !== 'function') return;
  writeHead.call(response, status, headers);
  end.call(response, typeof body === 'string' ? body : undefined);
}
