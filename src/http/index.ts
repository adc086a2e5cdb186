/**
 * Metrics over HTTP, for every runtime that has `Request` and `Response`.
 *
 * @module
 */

export type { AuthenticationOptions, BasicAuth } from './authentication.ts';
export { metricsHandler } from './handler.ts';
export type { MetricsHandlerOptions } from './handler-options.ts';
