/** Carries an answer into Node's response, no faster than the client reads it. */

import type { ServerResponse } from 'node:http';
import { type Answer, type Exposition, toBusy, toFailure } from '../exchange.ts';
import { HUNG_UP } from '../handler-metrics.ts';
import type { QueuedScrape } from '../scrape-queue.ts';
import type { ScrapeService } from '../scrape-service.ts';
import { Sink } from './sink.ts';

/** As much of a service as an answer needs on its way. */
type Service = Pick<ScrapeService, 'queue' | 'onError'>;

/**
 * Sends `answer` and resolves when the response has ended, by whatever end. Never rejects.
 *
 * A failure before the first byte becomes status 500. After it, or where somebody else has sent
 * headers already, the connection is cut, which is the one way left to say that the body is not whole.
 */
export async function respond(
  response: ServerResponse,
  answer: Answer,
  service: Service,
): Promise<void> {
  const { body } = answer;
  if (typeof body === 'object') await queue(response, body, answer, service);
  else await send(response, answer, service);
  answer.record?.end(response.headersSent ? response.statusCode : HUNG_UP);
}

/** Sends a sentence, or nothing but headers. */
async function send(
  response: ServerResponse,
  { status, headers, body, record }: Answer,
  { onError }: Pick<Service, 'onError'>,
): Promise<void> {
  const ended = new Promise((resolve) => {
    response.once('finish', resolve).once('close', resolve);
  });
  if (response.destroyed) return;
  try {
    response.writeHead(status, headers);
    response.end(body);
    if (typeof body === 'string') record?.sent(Buffer.byteLength(body));
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

/** Streams a scrape once its turn has come, unless the client hangs up before that. */
async function queue(
  response: ServerResponse,
  body: Exposition,
  answer: Answer,
  service: Service,
): Promise<void> {
  if (response.destroyed) return;
  // Not `cut`: what waits for a client that does not read has been ended by us.
  const scrape = service.queue.enter(() => response.destroy());
  if (scrape === undefined) return await send(response, answered(answer, toBusy()), service);
  response.once('close', () => scrape.leave());
  if (await scrape.turn) await stream(response, body, answer, { ...service, scrape });
  scrape.leave();
}

async function stream(
  response: ServerResponse,
  { format, source, created, gzip }: Exposition,
  answer: Answer,
  { scrape, onError }: Pick<Service, 'onError'> & { scrape: QueuedScrape },
): Promise<void> {
  const sink = new Sink(response, answer.record);
  const chunks = format.write(source, { pause, created, onError });
  try {
    // In a turn of its own, as the request and the headers are: nothing of a first scrape is compiled, and
    // its first chunk takes 4 to 6 ms of a processor, all of it in one turn 8 to 10 (Node 24).
    await pause();
    // Until there is a first chunk the status is open, so that a failure can still be one.
    let next = await chunks.next();
    await pause();
    sink.begin(answer.headers, gzip);
    while (!next.done) {
      scrape.stall();
      const isRead = await sink.write(next.value);
      scrape.resume();
      if (!isRead) break;
      next = await chunks.next();
    }
    scrape.stall();
    await sink.end();
  } catch (error) {
    if (response.headersSent) cut(response);
    else await send(response, answered(answer, toFailure()), { onError });
    onError(error);
  } finally {
    await chunks.return(undefined).catch(onError);
  }
}

/** Another answer to the same request. */
function answered({ record }: Answer, answer: Answer): Answer {
  return record === undefined ? answer : { ...answer, record };
}

/** Gives the event loop its turn. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
