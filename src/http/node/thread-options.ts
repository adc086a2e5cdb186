/** What of a server's options goes to a thread, and what its registry has to be for that. */

import type { CollectorRegistry } from '../../metrics/registry/registry.ts';
import { MetricsError, show } from '../../model/error.ts';
import type { Collector } from '../../model/family.ts';
import { multiprocessPart } from '../../parts.ts';
import { type HttpServerOptions, type ServerSettings, TLS_OPTIONS } from './server-options.ts';

/** A registry whose numbers lie where a thread can read them. */
export interface SharedRegistry {
  readonly registry: CollectorRegistry;
  /** The directory of its storage. */
  readonly directory: string;
}

/**
 * Finds the directory that the registry counts into. One that has not begun is given a directory that
 * only this process and its threads know.
 *
 * @throws {TypeError} When it is something else that collects.
 * @throws {MetricsError} `STORAGE_IN_USE` when it counts on its heap, `THREAD_FAILED` when the part
 * that counts into files is not there, `DIRECTORY_UNUSABLE` when there is no place for a directory.
 */
export function toShared({ subject, scrape }: ServerSettings): SharedRegistry {
  const registry = toRegistry(subject, scrape.registry);
  if (!registry.hasStorage) registry.useStorage(privateStorage(subject));
  // Asked by property and not by class: it may be another copy's of this package.
  const { directory, collect } = registry.storage as { directory?: unknown; collect?: unknown };
  if (typeof directory === 'string' && typeof collect === 'function')
    return { registry, directory };
  throw new MetricsError(
    'STORAGE_IN_USE',
    `${subject}: cannot answer from a thread, expected a registry that counts into files (set PROMETHEUS_MULTIPROC_DIR, or start the server before the first metric), got one that counts on its heap`,
  );
}

function toRegistry(subject: string, registry: Collector): CollectorRegistry {
  const { useStorage, flush } = registry as Partial<CollectorRegistry>;
  if (typeof useStorage === 'function' && typeof flush === 'function') {
    return registry as CollectorRegistry;
  }
  throw new TypeError(
    `${subject}: registry cannot be shown by a thread, expected a CollectorRegistry, got ${show(registry)}`,
  );
}

function privateStorage(subject: string) {
  let part: ReturnType<typeof multiprocessPart>;
  try {
    part = multiprocessPart();
  } catch (cause) {
    throw notFound(subject, cause);
  }
  return part.openPrivateStorage();
}

/** What it comes to where a bundler has left behind what a thread needs. */
export function notFound(subject: string, cause: unknown): MetricsError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new MetricsError(
    'THREAD_FAILED',
    `${subject}: cannot answer from a thread, expected promethium to be kept external to the bundle (esbuild --external:promethium), got ${code ?? message}`,
    { cause },
  );
}

/**
 * The options that the thread's server needs, as data that crosses to it: those of a prototype or
 * behind a getter as well. They have been checked.
 *
 * @throws {TypeError} When there is a function or a registry among them.
 */
export function toPlainOptions(options: HttpServerOptions, subject: string): HttpServerOptions {
  const { onError, metrics, basicAuth, tls } = options;
  if (onError !== undefined) {
    throw new TypeError(
      `${subject}: onError cannot be called by a thread, expected no such option beside thread, got a function`,
    );
  }
  if (typeof metrics === 'object') {
    throw new TypeError(
      `${subject}: metrics cannot be declared by a thread in what it is given, expected true or false beside thread, got an object`,
    );
  }
  return {
    ...pick(options, PLAIN_OPTIONS),
    ...(basicAuth !== undefined && { basicAuth: pick(basicAuth, ['username', 'password']) }),
    ...(tls !== undefined && { tls: pick(tls, TLS_OPTIONS) }),
  };
}

const PLAIN_OPTIONS = [
  'port',
  'host',
  'path',
  'closeTimeoutMs',
  'bearerToken',
  'disableCompression',
  'created',
  'maxQueryLength',
  'maxNames',
  'maxConcurrentScrapes',
  'maxQueuedScrapes',
  'metrics',
] as const satisfies readonly (keyof HttpServerOptions)[];

/** Those of the properties that are there, in an object of their own. */
function pick<Options extends object, Name extends keyof Options>(
  options: Options,
  names: readonly Name[],
): Pick<Options, Name> {
  const given = names.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]])) as Pick<Options, Name>;
}
