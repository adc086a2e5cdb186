/**
 * The way through a label tree, which can be paused. What is added meanwhile may be shown or not, what
 * is removed leaves an empty place, and a level that became too large for its node goes on in another.
 */

import type { Walk } from './family.ts';
import {
  type Below,
  FEW,
  FewNode,
  type LabelNode,
  ManyNode,
  type Place,
  SingleNode,
  TailNode,
} from './label-node.ts';

/**
 * One of each kind of node, and the walk that ended last, emptied. V8 forgets the hidden class of
 * objects of which a garbage collection finds none, and the code compiled for them: every scrape would
 * begin with slow code, and so would every new registry.
 *
 * Node 24, 100,000 counters, a full collection before each scrape: 10 ms with this walk and the
 * writers kept like it, 58 without. 100,000 children of a new registry,
 * after a collection that left none of an older one: 25 ms with these nodes, 26 to 32 without.
 */
const kept: { walk: Walk | undefined; readonly nodes: readonly LabelNode<unknown>[] } = {
  walk: undefined,
  nodes: [
    /* @__PURE__ */ new SingleNode('', true),
    /* @__PURE__ */ new TailNode('', '', true),
    /* @__PURE__ */ new FewNode('', true, '', true),
    /* @__PURE__ */ new ManyNode([]),
  ],
};

/** What a walk tells of the labels on its way. */
export interface Labelled {
  /** Asks the walk to pause before the next leaf. */
  readonly full: boolean;
  /** Gives the label at `depth` a value and forgets the labels deeper than it. */
  label(depth: number, value: string): void;
}

/** What a walk knows of its tree. */
export interface Walked<Leaf> {
  /** The first level; nothing once all leaves were removed. */
  root(): LabelNode<Leaf> | undefined;
  /** Called once, when the walk has ended in one way or another. */
  end(): void;
}

/** A level with a choice that a walk is at: its node, or what is left of a large one. */
type Level<Leaf> = FewNode<Leaf> | MapIterator<Place<Leaf>>;

/** A walk down a tree whose last labels are at the depth `last`. */
export class TreeWalk<Leaf, Writer extends Labelled> implements Walk {
  readonly #last: number;
  #writer: Writer;
  #emit: (leaf: Leaf, writer: Writer) => void;
  #tree: Walked<Leaf>;
  readonly #levels: (Level<Leaf> | undefined)[] = [];
  /** Of each level that is a {@linkcode FewNode}, the place to go on from. */
  readonly #next: number[] = [];
  #depth = 0;
  #begun = false;
  #ended = false;

  constructor(
    last: number,
    writer: Writer,
    emit: (leaf: Leaf, writer: Writer) => void,
    tree: Walked<Leaf>,
  ) {
    this.#last = last;
    this.#writer = writer;
    this.#emit = emit;
    this.#tree = tree;
  }

  /** {@inheritDoc Walk.advance} */
  advance(): boolean {
    if (this.#ended) return true;
    const root = this.#tree.root();
    if (root !== undefined && !this.#descend(root)) return false;
    this.close();
    return true;
  }

  /** {@inheritDoc Walk.close} */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tree.end();
    this.#letGo();
    kept.walk = this;
  }

  /** Forgets all that it held, or the last scrape would keep a whole registry alive. */
  #letGo(): void {
    this.#levels.length = 0;
    const nothing = undefined as never;
    this.#tree = nothing;
    this.#writer = nothing;
    this.#emit = nothing;
  }

  /** Walks on until the writer is full. True when no leaf is left. */
  #descend(root: LabelNode<Leaf>): boolean {
    const writer = this.#writer;
    if (!this.#begun) {
      this.#begun = true;
      this.#depth = this.#enter(root, 0);
    }
    while (this.#depth >= 0) {
      if (writer.full) return false;
      const depth = this.#depth;
      const level = this.#levels[depth];
      if (level === undefined) this.#depth--;
      else if (level instanceof FewNode) {
        if (depth !== this.#last) this.#few(level, depth);
        else if (!this.#fewLeaves(level)) return false;
      } else if (depth === this.#last) {
        if (!this.#leaves(level)) return false;
        this.#depth--;
      } else {
        const { done, value: place } = level.next();
        if (done) this.#depth--;
        else this.#below(place[0], place[1]);
      }
    }
    return true;
  }

  /** Goes to the next place of a small level. */
  #few(node: FewNode<Leaf>, depth: number): void {
    const { current } = node;
    const place = this.#next[depth]!;
    if (!(current instanceof FewNode)) {
      const places = current.places();
      for (let i = 0; i < place; i++) places.next();
      this.#levels[depth] = places;
      return;
    }
    const value = place < FEW ? current.valueAt(place) : undefined;
    if (value === undefined) {
      this.#depth--;
      return;
    }
    this.#next[depth] = place + 1;
    this.#below(value, current.belowAt(place));
  }

  /** Shows the series of a small level. False where the writer is full. */
  #fewLeaves(node: FewNode<Leaf>): boolean {
    const writer = this.#writer;
    const last = this.#last;
    const emit = this.#emit;
    let place = this.#next[last]!;
    for (; place < FEW && node.current === node; place++) {
      const value = node.valueAt(place);
      if (value === undefined) break;
      const leaf = node.belowAt(place) as Leaf | undefined;
      if (leaf === undefined) continue;
      writer.label(last, value);
      emit(leaf, writer);
      if (!writer.full) continue;
      this.#next[last] = place + 1;
      return false;
    }
    this.#next[last] = place;
    if (node.current === node) this.#depth--;
    else this.#few(node, last);
    return true;
  }

  /** Shows what is below a place of the level that the walk is at. */
  #below(value: string, below: Below<Leaf>): void {
    if (below === undefined) return;
    this.#writer.label(this.#depth, value);
    if (this.#depth === this.#last) this.#emit(below as Leaf, this.#writer);
    else this.#depth = this.#enter(below as LabelNode<Leaf>, this.#depth + 1);
  }

  // A Map's iterator has no `return`, so that leaving the loop pauses it instead of ending it.
  #leaves(level: MapIterator<Place<Leaf>>): boolean {
    const writer = this.#writer;
    const last = this.#last;
    const emit = this.#emit;
    for (const [value, leaf] of level) {
      if (leaf === undefined) continue;
      writer.label(last, value);
      emit(leaf as Leaf, writer);
      if (writer.full) return false;
    }
    return true;
  }

  /** Goes through single children down to the next choice, and returns the depth to go on from. */
  #enter(from: LabelNode<Leaf>, at: number): number {
    let node = from;
    let depth = at;
    while (node instanceof SingleNode) {
      const { value, only } = node;
      if (only === undefined) return depth - 1;
      this.#writer.label(depth, value!);
      if (depth === this.#last) {
        this.#emit(only as Leaf, this.#writer);
        return depth - 1;
      }
      this.#levels[depth] = undefined;
      node = only as LabelNode<Leaf>;
      depth++;
    }
    if (node instanceof TailNode) {
      this.#tail(node, depth);
      return depth - 1;
    }
    this.#levels[depth] = node instanceof FewNode ? node : node.places();
    this.#next[depth] = 0;
    return depth;
  }

  #tail(node: TailNode<Leaf>, depth: number): void {
    if (node.only === undefined) return;
    this.#writer.label(depth, node.value);
    this.#writer.label(depth + 1, node.last);
    this.#emit(node.only, this.#writer);
  }
}
