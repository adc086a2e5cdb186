/**
 * The levels of a label tree: the part that every look-up goes through and every series pays for.
 *
 * There is a class for each number of children, so that a node is one object with its children in
 * it: a Map of four takes 184 bytes beside the node that holds it, four pairs of fields 64 in it
 * (Node 24). A node that becomes too small is replaced, in its parent, by the one that `with` returns.
 *
 * Their fields are neither `#private` nor declared to the engine, but made by the constructor: a class's
 * own fields are defined first, each, and then set, and code that is not compiled yet takes long for
 * either. Node 24, 100,000 counters right after the start, main thread: 38 ms with these, 45 without.
 */

/** One level of a tree: what is below one label value, by the values of the next label. */
export type LabelNode<Leaf> = SingleNode<Leaf> | TailNode<Leaf> | FewNode<Leaf> | ManyNode<Leaf>;

/** What a label value leads to: the level of the next label or, after the last one, a series. */
export type Below<Leaf> = LabelNode<Leaf> | Leaf | undefined;

/** A place of a node: a label value and what is below it, nothing where that was taken away. */
export type Place<Leaf> = readonly [value: string, below: Below<Leaf>];

/** A level with one child, as most levels below a label of high cardinality are. */
export class SingleNode<Leaf> {
  /** The value of the only child; `undefined` where it was taken away. */
  declare value: string | undefined;
  /** What is below {@linkcode value}. */
  declare only: Below<Leaf>;

  constructor(value: string, only: Below<Leaf>) {
    this.value = value;
    this.only = only;
  }

  /** The level below `value`, where that is not the last one's. */
  below(value: string): LabelNode<Leaf> | undefined {
    return value === this.value ? (this.only as LabelNode<Leaf> | undefined) : undefined;
  }

  /** The leaf below `value`, where that is the last label's. */
  leaf(value: string): Leaf | undefined {
    return value === this.value ? (this.only as Leaf | undefined) : undefined;
  }

  /** All places, in the order of a walk. */
  places(): Iterable<Place<Leaf>> {
    return this.value === undefined ? [] : [[this.value, this.only]];
  }

  /** Puts a level below `value`, and returns the node that has it: this one, or one in its place. */
  with(value: string, below: LabelNode<Leaf> | Leaf): LabelNode<Leaf> {
    if (this.value !== undefined && this.value !== value) {
      return new FewNode(this.value, this.only, value, below);
    }
    this.value = value;
    this.only = below;
    return this;
  }

  /** The same with a leaf, where `value` is the last label's. */
  withLeaf(value: string, leaf: Leaf): LabelNode<Leaf> {
    return this.with(value, leaf);
  }

  /** Empties the place of `value` and keeps it, so that a paused walk does not meet it anew. */
  vacate(): void {
    this.only = undefined;
  }

  /** Removes the place of `value`. True when the node is empty now. */
  delete(value: string): boolean {
    if (this.value !== value) return this.value === undefined;
    this.value = undefined;
    this.only = undefined;
    return true;
  }
}

/** The last two levels of a series that shares neither with another one. */
export class TailNode<Leaf> {
  /** The value of the last label but one. */
  declare readonly value: string;
  /** The value of the last label. */
  declare readonly last: string;
  /** The only leaf; nothing where it was taken away. */
  declare only: Leaf | undefined;

  constructor(value: string, last: string, only: Leaf | undefined) {
    this.value = value;
    this.last = last;
    this.only = only;
  }

  /** The level below `value`: the same object, which is both. */
  below(value: string): LabelNode<Leaf> | undefined {
    return value === this.value ? this : undefined;
  }

  /** The leaf below `last`, the value of the last label. */
  leaf(last: string): Leaf | undefined {
    return last === this.last ? this.only : undefined;
  }

  /** True when the values of both levels are these. */
  leadsTo(value: string, last: string): boolean {
    return value === this.value && last === this.last;
  }

  /** Two nodes in place of this one, of which the first has another level below `value`. */
  with(value: string, below: LabelNode<Leaf> | Leaf): LabelNode<Leaf> {
    return new FewNode<Leaf>(this.value, new SingleNode(this.last, this.only), value, below);
  }

  /** Puts a leaf below `last`: in this one, or in two nodes in its place. */
  withLeaf(last: string, leaf: Leaf): LabelNode<Leaf> {
    if (last === this.last) {
      this.only = leaf;
      return this;
    }
    return new SingleNode<Leaf>(this.value, new FewNode(this.last, this.only, last, leaf));
  }

  /** Empties the place and keeps it, so that a paused walk does not meet it anew. */
  vacate(): void {
    this.only = undefined;
  }
}

/** A level with up to four children, compared one by one. */
export class FewNode<Leaf> {
  declare value0: string | undefined;
  declare value1: string | undefined;
  declare value2: string | undefined;
  declare value3: string | undefined;
  declare below0: Below<Leaf>;
  declare below1: Below<Leaf>;
  declare below2: Below<Leaf>;
  declare below3: Below<Leaf>;

  /** Makes a node with two children; without arguments, an empty one. */
  constructor(value0?: string, below0?: Below<Leaf>, value1?: string, below1?: Below<Leaf>) {
    this.value0 = value0;
    this.value1 = value1;
    this.value2 = undefined;
    this.value3 = undefined;
    this.below0 = below0;
    this.below1 = below1;
    this.below2 = undefined;
    this.below3 = undefined;
  }

  /** What has the children now; where they became too many for this node, another one. */
  get current(): FewNode<Leaf> | ManyNode<Leaf> {
    return this.value0 === undefined && this.below0 instanceof ManyNode ? this.below0 : this;
  }

  /** The level below `value`, where that is not the last one's. */
  below(value: string): LabelNode<Leaf> | undefined {
    if (value === this.value0) return this.below0 as LabelNode<Leaf> | undefined;
    if (value === this.value1) return this.below1 as LabelNode<Leaf> | undefined;
    if (value === this.value2) return this.below2 as LabelNode<Leaf> | undefined;
    return value === this.value3 ? (this.below3 as LabelNode<Leaf> | undefined) : undefined;
  }

  /** The leaf below `value`, where that is the last label's. */
  leaf(value: string): Leaf | undefined {
    if (value === this.value0) return this.below0 as Leaf | undefined;
    if (value === this.value1) return this.below1 as Leaf | undefined;
    if (value === this.value2) return this.below2 as Leaf | undefined;
    return value === this.value3 ? (this.below3 as Leaf | undefined) : undefined;
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
    if (place === 0) return this.value0;
    if (place === 1) return this.value1;
    return place === 2 ? this.value2 : this.value3;
  }

  /** What is below the label value at a place. */
  belowAt(place: number): Below<Leaf> {
    if (place === 0) return this.below0;
    if (place === 1) return this.below1;
    return place === 2 ? this.below2 : this.below3;
  }

  /** Puts a level below `value`, and returns the node that has it: this one, or one in its place. */
  with(value: string, below: LabelNode<Leaf> | Leaf): LabelNode<Leaf> {
    const { value0, value1, value2, value3 } = this;
    if (value0 === undefined || value0 === value) {
      this.value0 = value;
      this.below0 = below;
    } else if (value1 === undefined || value1 === value) {
      this.value1 = value;
      this.below1 = below;
    } else if (value2 === undefined || value2 === value) {
      this.value2 = value;
      this.below2 = below;
    } else if (value3 === undefined || value3 === value) {
      this.value3 = value;
      this.below3 = below;
    } else return FewNode.#grown(this).with(value, below);
    return this;
  }

  /** The same with a leaf, where `value` is the last label's. */
  withLeaf(value: string, leaf: Leaf): LabelNode<Leaf> {
    return this.with(value, leaf);
  }

  /** Empties the place of `value` and keeps it, so that a paused walk does not meet it anew. */
  vacate(value: string): void {
    if (value === this.value0) this.below0 = undefined;
    else if (value === this.value1) this.below1 = undefined;
    else if (value === this.value2) this.below2 = undefined;
    else if (value === this.value3) this.below3 = undefined;
  }

  /** Removes the place of `value`. True when the node is empty now. */
  delete(value: string): boolean {
    const left = this.places().filter(([other]) => other !== value);
    [this.value0, this.below0] = left[0] ?? NO_PLACE;
    [this.value1, this.below1] = left[1] ?? NO_PLACE;
    [this.value2, this.below2] = left[2] ?? NO_PLACE;
    [this.value3, this.below3] = left[3] ?? NO_PLACE;
    return left.length === 0;
  }

  // Static: an object of a class with private methods has 8 bytes more, to tell that it may have them.
  static #grown<Leaf>(node: FewNode<Leaf>): ManyNode<Leaf> {
    const many = new ManyNode(node.places());
    // For a walk that is paused here.
    node.value0 = undefined;
    node.below0 = many;
    return many;
  }
}

/** The places of a {@linkcode FewNode}. */
export const FEW = 4;

const NO_PLACE = [undefined, undefined] as const;

/** A level with more children than that, or that once had more. */
export class ManyNode<Leaf> {
  declare readonly map: Map<string, Below<Leaf>>;

  constructor(places: Iterable<Place<Leaf>>) {
    this.map = new Map();
    for (const [value, below] of places) this.map.set(value, below);
  }

  /** The level below `value`, where that is not the last one's. */
  below(value: string): LabelNode<Leaf> | undefined {
    return this.map.get(value) as LabelNode<Leaf> | undefined;
  }

  /** The leaf below `value`, where that is the last label's. */
  leaf(value: string): Leaf | undefined {
    return this.map.get(value) as Leaf | undefined;
  }

  /** All places, in the order of a walk. Goes on when places are added meanwhile. */
  places(): MapIterator<[string, Below<Leaf>]> {
    return this.map.entries();
  }

  /** Puts a level below `value`. */
  with(value: string, below: LabelNode<Leaf> | Leaf): this {
    this.map.set(value, below);
    return this;
  }

  /** The same with a leaf, where `value` is the last label's. */
  withLeaf(value: string, leaf: Leaf): this {
    this.map.set(value, leaf);
    return this;
  }

  /** Empties the place of `value` and keeps it, so that a paused walk does not meet it anew. */
  vacate(value: string): void {
    this.map.set(value, undefined);
  }

  /** Removes the place of `value`. True when the node is empty now. */
  delete(value: string): boolean {
    this.map.delete(value);
    return this.map.size === 0;
  }
}
