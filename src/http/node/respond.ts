/** Carries an answer into Node's response, no faster than the client reads it. */

import type { ServerResponse } from 'node:http';
import { createGzip, type Gzip } from 'node:zlib';
import { type Answer, type Exposition, toFailure } from '../exchange.ts';

/**
 * Sends `answer` and resolves when the response has ended, by whatever end. Never rejects.
 *
 * A failure before the first byte becomes status 500. After it, or where somebody else has sent
 * headers already, the connection is cut, which is the one way left to say that the body is not whole.
 */
export async function respond(
  response: ServerResponse,
  { status, headers, body }: Answer,
  onError: (error: unknown) => void,
): Promise<void> {
  if (typeof body === 'object') return await stream(response, body, headers, onError);
  const ended = new Promise((resolve) => {
    response.once('finish', resolve).once('close', resolve);
  });
  if (response.destroyed) return;
  try {
    response.writeHead(status, headers);
    response.end(body);
  } catch (error) {
    cut(response);
    onError(error);
    return;
  }
  await ended;
}

/** Ends a response that can no longer be right. One that somebody has ended before us is theirs. */
function cut(response: ServerResponse): void {
  if (!response.writableEnded) response.destroy();
}

async function stream(
  response: ServerResponse,
  { format, source, created, gzip }: Exposition,
  headers: Answer['headers'],
  onError: (error: unknown) => void,
): Promise<void> {
  const sink = new Sink(response);
  const chunks = format.write(source, { pause, created, onError });
  try {
    // Until there is a first chunk the status is open, so that a failure can still be one.
    let next = await chunks.next();
    sink.begin(headers, gzip);
    while (!next.done && (await sink.write(next.value))) next = await chunks.next();
    await sink.end();
  } catch (error) {
    if (response.headersSent) cut(response);
    else await respond(response, toFailure(), onError);
    onError(error);
  } finally {
    await chunks.return(undefined).catch(onError);
  }
}

/** Takes chunks one by one, each promise telling when there is room for the next. */
class Sink {
  readonly #response: ServerResponse;
  #gzip: Gzip | undefined;
  #closed: boolean;
  #settle: (() => void) | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.#closed = response.destroyed;
    const settle = (): void => this.#settle?.();
    response.once('finish', settle).on('drain', () => {
      // With compression between, `pipe` waits for the socket; the chunk may still be in use.
      if (this.#gzip === undefined) settle();
    });
    response.once('close', () => {
      this.#closed = true;
      this.#gzip?.destroy();
      settle();
    });
    // A client that hangs up between two looks at `destroyed` is no reason to end the process.
    response.on('error', settle);
  }

  begin(headers: Answer['headers'], gzip: boolean): void {
    if (this.#closed) return;
    this.#response.writeHead(200, headers);
    if (!gzip) return;
    this.#gzip = createGzip(GZIP);
    this.#gzip.pipe(this.#response);
  }

  /** Writes a chunk that is borrowed until the promise resolves; to `false` when nobody reads. */
  async write(chunk: Uint8Array): Promise<boolean> {
    if (this.#closed) return false;
    const { promise, resolve } = this.#expect();
    // Compression is done with its input when it calls back. A socket may not be, and middleware
    // that wraps `write` may drop the callback, so that here a copy is made and `drain` awaited.
    if (this.#gzip !== undefined) this.#gzip.write(chunk, resolve);
    else if (this.#response.write(new Uint8Array(chunk)) !== false) resolve();
    await promise;
    return !this.#closed;
  }

  /** Ends the body, and resolves when it has been handed over or nobody reads any more. */
  async end(): Promise<void> {
    if (this.#closed) return;
    const { promise } = this.#expect();
    (this.#gzip ?? this.#response).end();
    await promise;
  }

  #expect(): { promise: Promise<void>; resolve: () => void } {
    let resolve!: () => void;
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.#settle = resolve;
    return { promise, resolve };
  }
}

/**
 * The fastest level: a million counters with three labels, 77 MB, take 0.43 s and become 8.1 MB,
 * where the usual level 6 takes 1.0 s for 7.6 MB (Node 24). The time is the program's.
 */
const GZIP = { level: 1, chunkSize: 65_536 };

/** Gives the event loop its turn. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
