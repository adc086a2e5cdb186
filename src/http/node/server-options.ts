/** What `startHttpServer` is told, checked before a port is opened. */

import { createSecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls';
import { show } from '../../model/error.ts';
import {
  type MetricsHandlerOptions,
  type ScrapeSettings,
  toScrapeSettings,
} from '../handler-options.ts';
import { requireBoolean, requireOptions, requirePositiveInteger } from '../option-rules.ts';

/** A certificate for the server and, for mutual TLS, the authorities it trusts. */
export interface TlsOptions {
  /** The server's certificate with those that link it to an authority, in PEM: contents, no path. */
  readonly cert: string | Uint8Array;
  /** The key of the certificate, in PEM: contents, no path. */
  readonly key: string | Uint8Array;
  /** The password of the key, where it has one. */
  readonly passphrase?: string;
  /**
   * Mutual TLS: the certificates, in PEM, of the authorities that clients' certificates come from.
   * Given, only clients with such a certificate are let in; others do not get past the handshake.
   */
  readonly clientCa?: string | Uint8Array;
  /** The oldest version of TLS that is spoken. `TLSv1.2` unless given. */
  readonly minVersion?: SecureVersion;
}

/** How {@linkcode startHttpServer} serves. */
export interface HttpServerOptions extends MetricsHandlerOptions {
  /** The port, 0 for any that is free. 9464 unless given. */
  readonly port?: number;
  /**
   * The address or host name to listen on. Unless given, every address of the machine, IPv6 and
   * IPv4: a scraper is seldom on the same one. Give `127.0.0.1` to be reachable from here alone.
   */
  readonly host?: string;
  /** The path of the metrics. `/metrics` unless given. */
  readonly path?: string;
  /** Speaks TLS alone, with this certificate. */
  readonly tls?: TlsOptions;
  /** Lets the process end while the server listens. By default the server keeps it alive. */
  readonly unref?: boolean;
  /**
   * Answers from a worker thread, so that a main thread that is busy for seconds is still scraped, with
   * its counters up to date. For a `CollectorRegistry` that counts into files: with
   * `PROMETHEUS_MULTIPROC_DIR`, a storage of its own, or, where the server is started before the first
   * metric, a directory that it is given now. Callbacks and collectors are asked where the main thread
   * answers in time; else they show what they last said. Not together with `onError`, nor with a registry as `metrics`.
   */
  readonly thread?: boolean;
  /** How long `close()` waits for scrapes that run before it cuts them off. 5,000 unless given. */
  readonly closeTimeoutMs?: number;
}

/** {@linkcode HttpServerOptions}, checked and complete. */
export interface ServerSettings {
  /** How errors call this server: `http server "127.0.0.1:9464"`. */
  readonly subject: string;
  readonly port: number;
  readonly host: string | undefined;
  readonly path: string;
  readonly tls: SecureContextOptions | undefined;
  readonly unref: boolean;
  readonly thread: boolean;
  readonly closeTimeoutMs: number;
  readonly scrape: ScrapeSettings;
}

const OWN_OPTIONS: readonly Exclude<keyof HttpServerOptions, keyof MetricsHandlerOptions>[] = [
  'port',
  'host',
  'path',
  'tls',
  'unref',
  'thread',
  'closeTimeoutMs',
];

/** What a server may be told of its certificate. */
export const TLS_OPTIONS: readonly (keyof TlsOptions)[] = [
  'cert',
  'key',
  'passphrase',
  'clientCa',
  'minVersion',
];

/**
 * Checks the options and fills in what was not given.
 *
 * @throws {TypeError} When an option is unknown or has the wrong type, or is `undefined` where it would guard.
 * @throws {RangeError} When a value cannot be used; its `cause` says why a certificate cannot.
 */
export function toServerSettings(options: HttpServerOptions): ServerSettings {
  const {
    port = 9464,
    host,
    path = '/metrics',
    unref = false,
    thread = false,
    closeTimeoutMs = 5000,
  }: HttpServerOptions = Object(options);
  const subject = `http server "${typeof host === 'string' ? toAuthority(host) : '*'}:${String(port)}"`;
  // First, since it is what refuses options that do not exist.
  const scrape = toScrapeSettings(options, subject, OWN_OPTIONS);
  requirePort(subject, port);
  if (host !== undefined) requireHost(subject, host);
  requirePath(subject, path);
  requirePositiveInteger(`${subject}: closeTimeoutMs`, closeTimeoutMs);
  requireBoolean(`${subject}: unref`, unref);
  requireBoolean(`${subject}: thread`, thread);
  const tls = toTls(subject, options);
  return { subject, port, host, path, tls, unref, thread, closeTimeoutMs, scrape };
}

/** A host as it stands before `:port`: an IPv6 address in brackets. */
export function toAuthority(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function requirePort(subject: string, port: unknown): void {
  const expected = 'expected an integer from 0 to 65535';
  if (typeof port !== 'number') {
    throw new TypeError(`${subject}: port has the wrong type, ${expected}, got ${show(port)}`);
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`${subject}: port is out of range, ${expected}, got ${port}`);
  }
}

function requireHost(subject: string, host: unknown): void {
  const expected = 'expected an address or host name';
  if (typeof host !== 'string') {
    throw new TypeError(`${subject}: host has the wrong type, ${expected}, got ${show(host)}`);
  }
  if (host === '') throw new RangeError(`${subject}: host is empty, ${expected}, got ""`);
}

function requirePath(subject: string, path: unknown): void {
  const expected = 'expected a path such as "/metrics"';
  if (typeof path !== 'string') {
    throw new TypeError(`${subject}: path has the wrong type, ${expected}, got ${show(path)}`);
  }
  // As it comes in a request: no query, and characters that need escaping already escaped.
  if (!/^\/[A-Za-z0-9._~%/-]*$/.test(path) || path === HEALTH_PATH) {
    throw new RangeError(`${subject}: path cannot be served, ${expected}, got ${show(path)}`);
  }
}

/** Where a load balancer asks whether the process is there. It needs no credential. */
export const HEALTH_PATH = '/-/healthy';

function toTls(subject: string, options: HttpServerOptions): SecureContextOptions | undefined {
  const { tls } = options;
  if (!('tls' in options)) return undefined;
  if (typeof tls !== 'object' || tls === null) {
    throw new TypeError(
      `${subject}: tls has the wrong type, expected an object with cert and key, got ${show(tls)}`,
    );
  }
  requireOptions(subject, tls, TLS_OPTIONS, ' of tls');
  const { cert, key, passphrase, clientCa, minVersion = 'TLSv1.2' } = tls;
  requirePem(subject, 'cert', cert);
  requirePem(subject, 'key', key);
  if ('clientCa' in tls) requirePem(subject, 'clientCa', clientCa);
  if (passphrase !== undefined && typeof passphrase !== 'string') {
    throw new TypeError(
      `${subject}: tls.passphrase has the wrong type, expected a string, got a ${typeof passphrase}`,
    );
  }
  requireVersion(subject, minVersion);
  const context: SecureContextOptions = {
    cert: toPem(cert),
    key: toPem(key),
    minVersion,
    ...(passphrase !== undefined && { passphrase }),
    ...(clientCa !== undefined && { ca: toPem(clientCa) }),
  };
  try {
    // Reads it all now: at the first handshake it would be too late to say.
    createSecureContext(context);
  } catch (cause) {
    throw new RangeError(
      `${subject}: tls cannot be used, expected a certificate with its key, got ${(cause as NodeJS.ErrnoException).code}`,
      { cause },
    );
  }
  return context;
}

function requirePem(subject: string, name: string, pem: unknown): void {
  const expected = 'expected the contents of a PEM file';
  if (typeof pem !== 'string' && !(pem instanceof Uint8Array)) {
    throw new TypeError(
      `${subject}: tls.${name} has the wrong type, ${expected}, got ${show(pem)}`,
    );
  }
  // What came instead is not shown: it may be a key.
  if (!toPem(pem).includes('-----BEGIN ')) {
    throw new RangeError(`${subject}: tls.${name} is not PEM, ${expected}, got no "-----BEGIN"`);
  }
}

function requireVersion(subject: string, version: unknown): void {
  const expected = 'expected a version such as TLSv1.2';
  if (typeof version !== 'string') {
    throw new TypeError(
      `${subject}: tls.minVersion has the wrong type, ${expected}, got ${show(version)}`,
    );
  }
  if (!/^TLSv1(\.[123])?$/.test(version)) {
    throw new RangeError(
      `${subject}: tls.minVersion is unknown, ${expected}, got ${show(version)}`,
    );
  }
}

function toPem(pem: string | Uint8Array): string {
  return typeof pem === 'string' ? pem : new TextDecoder().decode(pem);
}
