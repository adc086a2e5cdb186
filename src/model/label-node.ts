/**
 * The levels of a label tree: the part that every look-up goes through and every series pays for.
 *
 * There is a class for each number of children, so that a node is one object with its children in
 * it: a Map of four takes 184 bytes beside the node that holds it, four pairs of fields 64 in it
 * (Node 24). A node that becomes too small is replaced, in its parent, by the one that `with` returns.
 */

/** One level of a tree: what is below one label value, by the values of the next label. */
export type LabelNode<Leaf> = SingleNode<Leaf> | TailNode<Leaf> | FewNode<Leaf> | ManyNode<Leaf>;

/** What a label value leads to: the level of the next label or, after the last one, a series. */
export type Below<Leaf> = LabelNode<Leaf> | Leaf | undefined;

/** A place of a node: a label value and what is below it, nothing where that was taken away. */
export type Place<Leaf> = readonly [value: string, below: Below<Leaf>];

/** A level with one child, as most levels below a label of high cardinality are, or none yet. */
export class SingleNode<Leaf> {
  #value: string | undefined;
  #below: Below<Leaf>;

  /** Makes a node with one child; without arguments, an empty one. */
  constructor(value?: string, below?: Below<Leaf>) {
    this.#value = value;
    this.#below = below;
  }

  /** The level below `value`, where that is not the last one's. */
  below(value: string): LabelNode<Leaf> | undefined {
    return value === this.#value ? (this.#below as LabelNode<Leaf> | undefined) : undefined;
  }

  /** The leaf below `value`, where that is the last label's. */
  leaf(value: string): Leaf | undefined {
    return value === this.#value ? (this.#below as Leaf | undefined) : undefined;
  }

  /** The value of the only child; `undefined` where there is none. */
  get value(): string | undefined {
    return this.#value;
  }

  /** What is below {@linkcode value}. */
  get only(): Below<Leaf> {
    return this.#below;
  }

  /** All places, in the order of a walk. */
  places(): Iterable<Place<Leaf>> {
    return this.#value === undefined ? [] : [[this.#value, this.#below]];
  }

  /** Puts `below` below `value`, and returns the node that has it: this one, or one in its place. */
  with(value: string, below: LabelNode<Leaf> | Leaf): LabelNode<Leaf> {
    if (this.#value !== undefined && this.#value !== value) {
      return new FewNode(this.#value, this.#below, value, below);
    }
    this.#value = value;
    this.#below = below;
    return this;
  }

  /** Empties the place of `value` and keeps it, so that a paused walk does not meet it anew. */
  vacate(): void {
    this.#below = undefined;
  }

  /** Removes the place of `value`. True when the node is empty now. */
  delete(value: string): boolean {
    if (this.#value !== value) return this.#value === undefined;
    this.#value = undefined;
    this.#below = undefined;
    return true;
  }
}

/** The last two levels of a series that shares neither with another one. */
export class TailNode<Leaf> {
  /** The value of the last label but one. */
  readonly value: string;
  /** The value of the last label. */
  readonly last: string;
  #leaf: Leaf | undefined;

  constructor(value: string, last: string, leaf: Leaf) {
    this.value = value;
    this.last = last;
    this.#leaf = leaf;
  }

  /** The only leaf; nothing where it was taken away. */
  get only(): Leaf | undefined {
    return this.#leaf;
  }

  /** The level below `value`: the same object, which is both. */
  below(value: string): LabelNode<Leaf> | undefined {
    return value === this.value ? this : undefined;
  }

  /** The leaf below `last`, the value of the last label. */
  leaf(last: string): Leaf | undefined {
    return last === this.last ? this.#leaf : undefined;
  }

  /** The two levels as two nodes, to which others can be added. */
  split(): SingleNode<Leaf> {
    return new SingleNode(this.value, new SingleNode(this.last, this.#leaf));
  }

  /** True when the values of both levels are these. */
  leadsTo(value: string, last: string): boolean {
    return value === this.value && last === this.last;
  }

  /** Puts `leaf` in the only place, whatever leads there. */
  with(_: string, leaf: LabelNode<Leaf> | Leaf): this {
    this.#leaf = leaf as Leaf;
    return this;
  }

  /** Empties the place and keeps it, so that a paused walk does not meet it anew. */
  vacate(): void {
    this.#leaf = undefined;
  }
}

/** A level with up to four children, compared one by one. */
export class FewNode<Leaf> {
  #value0: string | undefined;
  #value1: string | undefined;
  #value2: string | undefined = undefined;
  #value3: string | undefined = undefined;
  #below0: Below<Leaf>;
  #below1: Below<Leaf>;
  #below2: Below<Leaf> = undefined;
  #below3: Below<Leaf> = undefined;

  constructor(value0: string, below0: Below<Leaf>, value1: string, below1: Below<Leaf>) {
    this.#value0 = value0;
    this.#value1 = value1;
    this.#below0 = below0;
    this.#below1 = below1;
  }

  /** What has the children now; where they became too many for this node, another one. */
  get current(): FewNode<Leaf> | ManyNode<Leaf> {
    return this.#value0 === undefined && this.#below0 instanceof ManyNode ? this.#below0 : this;
  }

  /** The level below `value`, where that is not the last one's. */
  below(value: string): LabelNode<Leaf> | undefined {
    return FewNode.#get(this, value) as LabelNode<Leaf> | undefined;
  }

  /** The leaf below `value`, where that is the last label's. */
  leaf(value: string): Leaf | undefined {
    return FewNode.#get(this, value) as Leaf | undefined;
  }

  /** All places, in the order of a walk. */
  places(): Place<Leaf>[] {
    const places: Place<Leaf>[] = [];
    for (let i = 0; i < FEW; i++) {
      const value = this.valueAt(i);
      if (value !== undefined) places.push([value, this.belowAt(i)]);
    }
    return places;
  }

  /** The label value at a place, from 0 on; nothing where no value has it yet. */
  valueAt(place: number): string | undefined {
    if (place === 0) return this.#value0;
    if (place === 1) return this.#value1;
    return place === 2 ? this.#value2 : this.#value3;
  }

  /** What is below the label value at a place. */
  belowAt(place: number): Below<Leaf> {
    if (place === 0) return this.#below0;
    if (place === 1) return this.#below1;
    return place === 2 ? this.#below2 : this.#below3;
  }

  /** Puts `below` below `value`, and returns the node that has it: this one, or one in its place. */
  with(value: string, below: LabelNode<Leaf> | Leaf): LabelNode<Leaf> {
    for (let i = 0; i < FEW; i++) {
      const there = this.valueAt(i);
      if (there !== undefined && there !== value) continue;
      FewNode.#put(this, i, value, below);
      return this;
    }
    const many = new ManyNode(this.places());
    many.with(value, below);
    // For a walk that is paused here.
    this.#value0 = undefined;
    this.#below0 = many;
    return many;
  }

  /** Empties the place of `value` and keeps it, so that a paused walk does not meet it anew. */
  vacate(value: string): void {
    for (let i = 0; i < FEW; i++)
      if (this.valueAt(i) === value) FewNode.#put(this, i, value, undefined);
  }

  /** Removes the place of `value`. True when the node is empty now. */
  delete(value: string): boolean {
    const left = this.places().filter(([other]) => other !== value);
    for (let i = 0; i < FEW; i++) FewNode.#put(this, i, left[i]?.[0], left[i]?.[1]);
    return left.length === 0;
  }

  // Static: an object of a class with private methods has 8 bytes more, to tell that it may have them.
  static #get<Leaf>(node: FewNode<Leaf>, value: string): Below<Leaf> {
    if (value === node.#value0) return node.#below0;
    if (value === node.#value1) return node.#below1;
    if (value === node.#value2) return node.#below2;
    return value === node.#value3 ? node.#below3 : undefined;
  }

  static #put<Leaf>(
    node: FewNode<Leaf>,
    place: number,
    value: string | undefined,
    below: Below<Leaf>,
  ): void {
    if (place === 0) {
      node.#value0 = value;
      node.#below0 = below;
    } else if (place === 1) {
      node.#value1 = value;
      node.#below1 = below;
    } else if (place === 2) {
      node.#value2 = value;
      node.#below2 = below;
    } else {
      node.#value3 = value;
      node.#below3 = below;
    }
  }
}

/** The places of a {@linkcode FewNode}. */
export const FEW = 4;

/** A level with more children than that, or that once had more. */
export class ManyNode<Leaf> {
  readonly #map = new Map<string, Below<Leaf>>();

  constructor(places: Iterable<Place<Leaf>>) {
    for (const [value, below] of places) this.#map.set(value, below);
  }

  /** The level below `value`, where that is not the last one's. */
  below(value: string): LabelNode<Leaf> | undefined {
    return this.#map.get(value) as LabelNode<Leaf> | undefined;
  }

  /** The leaf below `value`, where that is the last label's. */
  leaf(value: string): Leaf | undefined {
    return this.#map.get(value) as Leaf | undefined;
  }

  /** All places, in the order of a walk. Goes on when places are added meanwhile. */
  places(): MapIterator<[string, Below<Leaf>]> {
    return this.#map.entries();
  }

  /** Puts `below` below `value`. */
  with(value: string, below: LabelNode<Leaf> | Leaf): this {
    this.#map.set(value, below);
    return this;
  }

  /** Empties the place of `value` and keeps it, so that a paused walk does not meet it anew. */
  vacate(value: string): void {
    this.#map.set(value, undefined);
  }

  /** Removes the place of `value`. True when the node is empty now. */
  delete(value: string): boolean {
    this.#map.delete(value);
    return this.#map.size === 0;
  }
}
