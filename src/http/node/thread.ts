/** A thread that serves metrics, as the program sees it. */

import { Worker } from 'node:worker_threads';
import type { CollectorRegistry } from '../../metrics/registry/registry.ts';
import { MetricsError } from '../../model/error.ts';
import { threadScript } from '../../parts.ts';
import type { HttpServerOptions, ServerSettings } from './server-options.ts';
import {
  type Listening,
  type ThreadData,
  type ThreadOrder,
  type ThreadReport,
  toError,
} from './thread-messages.ts';
import { notFound, toPlainOptions, toShared } from './thread-options.ts';
import { refresh } from './thread-refresh.ts';

/**
 * How long a scrape waits for the program. Enough for one that is busy as servers are; one that does
 * not answer is blocked, and what it has counted lies in its file all the same.
 */
const REFRESH_TIMEOUT_MS = 50;

/** What a thread may take to end beyond the time that its scrapes have. */
const GRACE_MS = 1000;

/** A server in a thread. */
export interface ThreadServer extends Listening {
  /** Closes the server and ends the thread. Repeated calls share one promise. */
  close(): Promise<void>;
}

/**
 * Starts a thread that serves what the processes of the registry's directory count, and resolves once
 * it listens. A registry without a storage gets one in a directory of this process's own.
 *
 * @throws {TypeError} When an option cannot be given to a thread.
 * @throws {MetricsError} `STORAGE_IN_USE` when the registry counts on its heap, `THREAD_FAILED` when
 * there can be no thread, and whatever its server's start comes to.
 */
export async function startThread(
  options: HttpServerOptions,
  settings: ServerSettings,
): Promise<ThreadServer> {
  const { subject, unref, closeTimeoutMs } = settings;
  const plain = toPlainOptions(options, subject);
  // Before anything is awaited: the caller's next line may declare a metric.
  const { registry, directory } = toShared(settings);
  const worker = create(subject, {
    directory,
    options: plain,
    refreshTimeoutMs: REFRESH_TIMEOUT_MS,
  });
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const listening = await started(worker, registry, settings);
  if (unref) worker.unref();
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    tell(worker, 'close');
    const timer = setTimeout(() => worker.terminate(), closeTimeoutMs + GRACE_MS);
    await exited;
    clearTimeout(timer);
  };
  return { ...listening, close: () => (closed ??= close()) };
}

function create(subject: string, data: ThreadData): Worker {
  let script: URL;
  try {
    script = threadScript();
  } catch (cause) {
    throw notFound(subject, cause);
  }
  try {
    return new Worker(script, {
      name: 'promethium',
      workerData: data,
      // What a program preloads is for the program: instrumentation would count in here as well.
      execArgv: [],
    });
  } catch (cause) {
    throw failure(subject, cause);
  }
}

function started(
  worker: Worker,
  registry: CollectorRegistry,
  { subject, scrape }: ServerSettings,
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    let listens = false;
    worker.on('message', async (report: ThreadReport) => {
      if ('listening' in report) {
        listens = true;
        resolve(report.listening);
      } else if ('wants' in report) {
        await refresh(registry);
        tell(worker, 'refreshed');
      } else {
        if ('failed' in report) reject(toError(report.failed));
        // From here: Deno's threads cannot end themselves while they listen for orders.
        await worker.terminate();
      }
    });
    // Of a thread that ended on its own: nobody else would say why there is no scrape any more.
    worker.once('error', (cause) => {
      const error = failure(subject, cause);
      if (listens) scrape.onError(error);
      else reject(error);
    });
    worker.once('exit', (code) => reject(failure(subject, new Error(`exit code ${code}`))));
  });
}

function tell(worker: Worker, order: ThreadOrder): void {
  worker.postMessage(order);
}

function failure(subject: string, cause: unknown): MetricsError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new MetricsError(
    'THREAD_FAILED',
    `${subject}: cannot answer from a thread, expected one that runs, got ${code ?? message}`,
    { cause },
  );
}
