/** A block as what its bytes stand for, which is worked out once for each content. */

import type { StoredBlock } from './stored-block.ts';

/** Reads the block of one series. */
export class ParsedBlock<Parsed> {
  /** The first cell of the series that the block belongs to. */
  readonly series: number;
  readonly #block: StoredBlock;
  readonly #parse: (content: Uint8Array) => Parsed | undefined;
  #content: Uint8Array | undefined;
  #current: Parsed | undefined;

  /** Nothing is read yet. `parse` is told nothing but the bytes, and may find that they say nothing. */
  constructor(
    block: StoredBlock,
    series: number,
    parse: (content: Uint8Array) => Parsed | undefined,
  ) {
    this.#block = block;
    this.series = series;
    this.#parse = parse;
  }

  /** What the block held when it was read last. */
  get current(): Parsed | undefined {
    const { content } = this.#block;
    if (content !== this.#content) {
      this.#content = content;
      this.#current = content && this.#parse(content);
    }
    return this.#current;
  }
}
