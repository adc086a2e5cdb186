/**
 * Metrics over HTTP on Node's own `node:http`: a listener for a server that is there, and a server.
 *
 * @module
 */

import { followEnvironment } from '../../environment.ts';

followEnvironment();

export type { AuthenticationOptions, BasicAuth } from '../authentication.ts';
export type { MetricsHandlerOptions } from '../handler-options.ts';
export { type NodeMetricsHandler, nodeMetricsHandler } from './handler.ts';
export { type MetricsServer, startHttpServer } from './server.ts';
export type { HttpServerOptions, TlsOptions } from './server-options.ts';
