/** A server of its own for programs that have none, or none that scrapers should reach. */

import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { MetricsError } from '../../model/error.ts';
import { beginService } from '../scrape-service.ts';
import { Connections } from './connections.ts';
import { toScrapeRequest } from './handler.ts';
import { respond } from './respond.ts';
import { answerPath } from './routes.ts';
import {
  type HttpServerOptions,
  type ServerSettings,
  toAuthority,
  toServerSettings,
} from './server-options.ts';
import { startThread } from './thread.ts';

/** A server that listens. */
export interface MetricsServer extends AsyncDisposable {
  /** The port it listens on. */
  readonly port: number;
  /** The address it listens on; `::` is every address, IPv6 and IPv4. */
  readonly host: string;
  /** Where the metrics are, as seen from this machine. */
  readonly url: string;
  /**
   * Stops listening, ends connections without a request, waits for scrapes that run, for
   * `closeTimeoutMs` at most, and resolves when every connection is closed. Repeated calls share
   * one promise.
   */
  close(): Promise<void>;
}

/**
 * Starts a server that shows metrics at `/metrics`, and resolves once it listens.
 *
 * `/` is a page that leads there, `/-/healthy` answers load balancers without credential, all other
 * paths are status 404. The server keeps the process alive until `close()`, unless `unref` is given.
 *
 * @example
 * ```ts
 * import { startHttpServer } from 'promethium/http/node';
 *
 * await using server = await startHttpServer({ port: 9464 });
 * console.log(`metrics at ${server.url}`);
 * ```
 *
 * @throws {TypeError} When an option is unknown or has the wrong type.
 * @throws {RangeError} When a value is out of range, or a certificate or credential cannot be used.
 * @throws {AlreadyRegisteredError} When `metrics` is given and one of their names is something else's.
 * @throws {MetricsError} `LISTEN_FAILED` when the port is taken, or not to be had, or the host is
 *   not of this machine; `cause` is the system's error. With `thread`, `STORAGE_IN_USE` when the registry
 *   counts on its heap, and `THREAD_FAILED` when no thread can be had.
 */
export async function startHttpServer(options: HttpServerOptions = {}): Promise<MetricsServer> {
  const settings = toServerSettings(options);
  if (settings.thread) {
    const thread = await startThread(options, settings);
    return { ...thread, [Symbol.asyncDispose]: thread.close };
  }
  const service = beginService(settings.scrape);
  const server = create(settings);
  const secure = settings.tls !== undefined;
  const connections = new Connections(server, { unref: settings.unref });
  server.on('request', async (request, response) => {
    connections.follow(request, response);
    const answer = await answerPath(toScrapeRequest(request), settings.path, service);
    await respond(response, answer, service);
  });
  await listen(server, settings);
  // Without a listener, a process that is out of file descriptors would end for a scraper's sake.
  server.on('error', settings.scrape.onError);
  if (settings.unref) server.unref();
  const { port, address: host } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= connections.close(settings.closeTimeoutMs));
  const url = `${secure ? 'https' : 'http'}://${toReachable(host)}:${port}${settings.path}`;
  return { port, host, url, close, [Symbol.asyncDispose]: close };
}

function create({ tls, scrape }: ServerSettings): Server {
  const bounds = {
    // The target counts as a header: a query as long as allowed must not fail before it is read.
    maxHeaderSize: scrape.maxQueryLength + 16_384,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    // Longer than the usual minute between two scrapes, so that they share a connection.
    keepAliveTimeout: 75_000,
  };
  const server =
    tls === undefined
      ? createServer(bounds)
      : createSecureServer({
          ...bounds,
          ...tls,
          handshakeTimeout: 10_000,
          requestCert: tls.ca !== undefined,
          rejectUnauthorized: tls.ca !== undefined,
        });
  // A client that neither reads nor goes away.
  return server.setTimeout(120_000);
}

/** What stands in the way most often, as what should have been instead. */
const EXPECTED: Readonly<Record<string, string>> = {
  EADDRINUSE: 'a free port',
  EACCES: 'a port this user may open',
  EADDRNOTAVAIL: 'an address of this machine',
  ENOTFOUND: 'a host name that is known',
};

async function listen(server: Server, { subject, port, host }: ServerSettings): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => {
      const expected = EXPECTED[cause.code ?? ''] ?? 'a port and host to listen on';
      const message = `${subject}: cannot listen, expected ${expected}, got ${cause.code}`;
      reject(new MetricsError('LISTEN_FAILED', message, { cause }));
    };
    server.once('error', refuse);
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

/** The host of a URL that leads to a server which listens on `address`. */
function toReachable(address: string): string {
  return address === '::' || address === '0.0.0.0' ? 'localhost' : toAuthority(address);
}
