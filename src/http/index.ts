/**
 * Metrics over HTTP, for every runtime that has `Request` and `Response`.
 *
 * @module
 */

export type { AuthenticationOptions, BasicAuth } from './authentication.ts';
export type { MetricsHandlerOptions } from './exchange.ts';
export { metricsHandler } from './handler.ts';
