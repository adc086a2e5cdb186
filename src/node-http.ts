/**
 * `promethium/http` on Node, Bun and Deno: all of the neutral entry, with the default registry set
 * up as the environment says.
 *
 * @module
 */

import { followEnvironment } from './environment.ts';

followEnvironment();

export type { AuthenticationOptions, BasicAuth, MetricsHandlerOptions } from './http/index.ts';
export { metricsHandler } from './http/index.ts';
