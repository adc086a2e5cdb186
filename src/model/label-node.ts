/** One level of a label tree: the part that every look-up goes through and every series pays for. */

/** What a label value leads to: the level of the next label or, after the last one, a series. */
type Below<Leaf> = LabelNode<Leaf> | Leaf | undefined;

/**
 * One level below a label value. The single child that most nodes of a high-cardinality label have
 * is held in the node itself: a Map of one entry takes 192 bytes (Node 24).
 */
export class LabelNode<Leaf> {
  /** The single child's label value; `undefined` where there are several children, or none. */
  #value: string | undefined = undefined;
  /** The single child or, in the same 8 bytes, the Map of several. */
  #held: Below<Leaf> | Map<string, Below<Leaf>> = undefined;

  /** The value of the only label below; `undefined` where there are several, or none. */
  get value(): string | undefined {
    return this.#value;
  }

  /** What is below {@linkcode value}. */
  get next(): Below<Leaf> {
    return this.#value === undefined ? undefined : (this.#held as Below<Leaf>);
  }

  /** What is below each value, where there are or were several. */
  get map(): Map<string, Below<Leaf>> | undefined {
    return this.#value === undefined ? (this.#held as Map<string, Below<Leaf>>) : undefined;
  }

  /** What is below `value`: another level, a leaf, or nothing. */
  get(value: string): Below<Leaf> {
    const single = this.#value;
    if (single === undefined) return this.map?.get(value);
    return single === value ? (this.#held as Below<Leaf>) : undefined;
  }

  /** Puts `next` below `value`. */
  set(value: string, next: LabelNode<Leaf> | Leaf): void {
    const { map } = this;
    if (map !== undefined) {
      map.set(value, next);
    } else if (this.#held === undefined || this.#value === value) {
      this.#value = value;
      this.#held = next;
    } else {
      const several = new Map<string, Below<Leaf>>();
      several.set(this.#value!, this.#held as Below<Leaf>);
      several.set(value, next);
      this.#value = undefined;
      this.#held = several;
    }
  }

  /** Empties the place below `value` and keeps it, so that a paused walk does not meet it anew. */
  vacate(value: string): void {
    const { map } = this;
    if (map !== undefined) map.set(value, undefined);
    else this.#held = undefined;
  }

  /** Removes `value`. True when the node is empty now. */
  delete(value: string): boolean {
    const { map } = this;
    if (map !== undefined) {
      map.delete(value);
      return map.size === 0;
    }
    if (this.#value === value) {
      this.#value = undefined;
      this.#held = undefined;
    }
    return this.#held === undefined;
  }
}
