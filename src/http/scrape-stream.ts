/** The body of a scrape on web standards: rendered no faster than it is read, compressed or not. */

import type { RequestRecord } from './handler-metrics.ts';
import type { QueuedScrape } from './scrape-queue.ts';

/** The chunks of an exposition, each valid until the next is asked for. */
type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

/** What a body is part of. */
export interface ScrapeContext {
  readonly gzip: boolean;
  readonly scrape: QueuedScrape;
  readonly record: RequestRecord | undefined;
  readonly onError: (error: unknown) => void;
}

/** A body that is being read, or waits for somebody who reads it. */
export class ScrapeStream {
  /** The bytes as they are sent. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #chunks: Chunks;
  readonly #context: ScrapeContext;
  #begun: IteratorResult<Uint8Array, void> | undefined;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #isOver = false;

  /** Goes on from the `first` of the chunks, which has been asked for already. */
  constructor(first: IteratorResult<Uint8Array, void>, chunks: Chunks, context: ScrapeContext) {
    this.#begun = first;
    this.#chunks = chunks;
    this.#context = context;
    const rendered = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => this.#end(),
      },
      // Nothing is rendered ahead of the reader.
      { highWaterMark: 0 },
    );
    this.readable = context.gzip ? this.#compressed(rendered) : rendered;
    context.scrape.stall();
  }

  /** Breaks the body off, for a reader that has not read for too long. */
  cut(): void {
    this.#controller.error(new Error('promethium: nobody has read the body of this scrape'));
    this.#end().catch(this.#context.onError);
  }

  async #pull(): Promise<void> {
    const { scrape, gzip, record, onError } = this.#context;
    scrape.resume();
    try {
      const { done, value } = this.#begun ?? (await this.#chunks.next());
      this.#begun = undefined;
      // While the chunk was being written the reader may have left, and the stream is closed.
      if (this.#isOver) return;
      scrape.stall();
      if (done) {
        this.#controller.close();
        scrape.leave();
        if (!gzip) record?.end(200);
        return;
      }
      if (!gzip) record?.sent(value.length);
      // Copied, since readers keep what they read. Not by slice(): a Buffer's shares its memory.
      this.#controller.enqueue(new Uint8Array(value));
    } catch (error) {
      this.#controller.error(error);
      await this.#end();
      onError(error);
    }
  }

  /** Compressed, and its bytes counted where that is wanted: what is sent is what comes out in the end. */
  #compressed(
    rendered: ReadableStream<Uint8Array<ArrayBuffer>>,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const compressed = rendered.pipeThrough(new CompressionStream('gzip'));
    const { record } = this.#context;
    if (record === undefined) return compressed;
    return compressed.pipeThrough(
      new TransformStream({
        transform(bytes, controller) {
          record.sent(bytes.length);
          controller.enqueue(bytes);
        },
        flush: () => record.end(200),
      }),
    );
  }

  /** Ends the walk where it is: nobody reads on. */
  async #end(): Promise<void> {
    this.#isOver = true;
    this.#context.scrape.leave();
    this.#context.record?.end(200);
    await this.#chunks.return(undefined);
  }
}
