/**
 * The series of one family by their label values: a tree with one level a label, so that no two
 * sets of values can meet, whatever characters they hold.
 *
 * A walk through the tree can be paused, and whatever happens to the tree meanwhile, it shows no
 * series twice and none that a `clear` took away.
 */

import type { FamilyWriter, Walk } from './family.ts';
import { LabelNode } from './label-node.ts';

/** Finds a leaf by its label values, one for each of `depth` labels. */
export class LabelTree<Leaf> {
  /** The first level. Read by look-ups that descend on their own; it changes on `clear`. */
  root: LabelNode<Leaf> = new LabelNode();
  readonly #depth: number;
  #size = 0;
  #walks = 0;
  /** Places that were vacated while a walk was paused, to be removed when none is. */
  #vacated: (readonly string[])[] = [];

  /** Makes an empty tree for `depth` labels, at least one. */
  constructor(depth: number) {
    this.#depth = depth;
  }

  /** How many leaves there are. */
  get size(): number {
    return this.#size;
  }

  /** The leaf with these values, if there is one. */
  get(values: readonly string[]): Leaf | undefined {
    let node: LabelNode<Leaf> | Leaf | undefined = this.root;
    for (let i = 0; i < this.#depth && node !== undefined; i++) {
      node = (node as LabelNode<Leaf>).get(values[i]!);
    }
    return node as Leaf | undefined;
  }

  /** Adds a leaf, or replaces the one with these values. */
  set(values: readonly string[], leaf: Leaf): void {
    let node = this.root;
    const last = this.#depth - 1;
    for (let i = 0; i < last; i++) {
      let next = node.get(values[i]!) as LabelNode<Leaf> | undefined;
      if (next === undefined) {
        next = new LabelNode();
        node.set(values[i]!, next);
      }
      node = next;
    }
    if (node.get(values[last]!) === undefined) this.#size++;
    node.set(values[last]!, leaf);
  }

  /** Removes the leaf with these values and returns it, or nothing where there is none. */
  delete(values: readonly string[]): Leaf | undefined {
    const leaf = this.get(values);
    if (leaf === undefined) return undefined;
    this.#size--;
    if (this.#walks === 0) {
      this.#prune(values);
    } else {
      // Deleted and made again, the key would move to the Map's end, where a paused walk would
      // find the series a second time.
      this.#parent(values).vacate(values[this.#depth - 1]!);
      this.#vacated.push([...values]);
    }
    return leaf;
  }

  /** Removes all leaves. A walk that is under way ends where it is. */
  clear(): void {
    this.root = new LabelNode();
    this.#size = 0;
    this.#vacated = [];
  }

  /** All leaves with their values, in the order of a walk. */
  *entries(): Generator<[values: string[], leaf: Leaf]> {
    yield* entriesBelow(this.root, this.#depth, []);
  }

  /** Begins a walk that gives each leaf to `emit`, after the labels that lead to it. */
  walk(writer: FamilyWriter, emit: (leaf: Leaf, writer: FamilyWriter) => void): Walk {
    this.#walks++;
    const { root } = this;
    return new TreeWalk(root, this.#depth - 1, writer, emit, {
      isCurrent: () => this.root === root,
      end: () => this.#endWalk(),
    });
  }

  #endWalk(): void {
    this.#walks--;
    if (this.#walks > 0) return;
    for (const values of this.#vacated) {
      if (this.get(values) === undefined) this.#prune(values);
    }
    this.#vacated = [];
  }

  #parent(values: readonly string[]): LabelNode<Leaf> {
    let node = this.root;
    for (let i = 0; i < this.#depth - 1; i++) node = node.get(values[i]!) as LabelNode<Leaf>;
    return node;
  }

  #prune(values: readonly string[]): void {
    const path = [this.root];
    for (let i = 0; i < this.#depth - 1; i++) {
      const next = path[i]!.get(values[i]!) as LabelNode<Leaf> | undefined;
      if (next === undefined) return;
      path.push(next);
    }
    for (let i = this.#depth - 1; i >= 0 && path[i]!.delete(values[i]!); i--);
  }
}

function* entriesBelow<Leaf>(
  node: LabelNode<Leaf>,
  depth: number,
  values: readonly string[],
): Generator<[values: string[], leaf: Leaf]> {
  for (const [value, next] of node.map ?? [[node.value!, node.next] as const]) {
    if (next === undefined) continue;
    if (depth === 1) yield [[...values, value], next as Leaf];
    else yield* entriesBelow(next as LabelNode<Leaf>, depth - 1, [...values, value]);
  }
}

/**
 * The walk that ended last, emptied. V8 forgets the hidden class of objects of which a garbage
 * collection finds none, and the code compiled for them: every scrape would begin with slow code.
 *
 * Node 24, 100,000 counters, a full collection before each scrape: 10 ms with this walk and the
 * writers kept like it, 58 without.
 */
const kept: Walk[] = [];

/** A walk down a tree, with one iterator for each level that has more than one child. */
class TreeWalk<Leaf> implements Walk {
  readonly #last: number;
  #writer: FamilyWriter;
  #emit: (leaf: Leaf, writer: FamilyWriter) => void;
  #tree: { isCurrent(): boolean; end(): void };
  readonly #levels: (MapIterator<[string, LabelNode<Leaf> | Leaf | undefined]> | undefined)[] = [];
  #root: LabelNode<Leaf> | undefined;
  #depth = 0;
  #ended = false;

  constructor(
    root: LabelNode<Leaf>,
    last: number,
    writer: FamilyWriter,
    emit: (leaf: Leaf, writer: FamilyWriter) => void,
    tree: { isCurrent(): boolean; end(): void },
  ) {
    this.#root = root;
    this.#last = last;
    this.#writer = writer;
    this.#emit = emit;
    this.#tree = tree;
  }

  advance(): boolean {
    if (this.#ended) return true;
    if (this.#tree.isCurrent() && !this.#descend()) return false;
    this.close();
    return true;
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tree.end();
    this.#letGo();
    kept[0] = this;
  }

  /** Forgets all that it held, or the last scrape would keep a whole registry alive. */
  #letGo(): void {
    this.#root = undefined;
    this.#levels.length = 0;
    const nothing = undefined as never;
    this.#tree = nothing;
    this.#writer = nothing;
    this.#emit = nothing;
  }

  /** Walks on until the writer is full. True when no leaf is left. */
  #descend(): boolean {
    const writer = this.#writer;
    if (this.#root !== undefined) {
      this.#depth = this.#enter(this.#root, 0);
      this.#root = undefined;
    }
    while (this.#depth >= 0) {
      if (writer.full) return false;
      const level = this.#levels[this.#depth];
      if (level === undefined) this.#depth--;
      else if (this.#depth === this.#last) {
        if (!this.#leaves(level)) return false;
        this.#depth--;
      } else {
        const { done, value: entry } = level.next();
        if (done) this.#depth--;
        else if (entry[1] !== undefined) {
          writer.label(this.#depth, entry[0]);
          this.#depth = this.#enter(entry[1] as LabelNode<Leaf>, this.#depth + 1);
        }
      }
    }
    return true;
  }

  // A Map's iterator has no `return`, so that leaving the loop pauses it instead of ending it.
  #leaves(level: MapIterator<[string, LabelNode<Leaf> | Leaf | undefined]>): boolean {
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
    while (node.map === undefined) {
      const { value, next } = node;
      if (next === undefined) return depth - 1;
      this.#writer.label(depth, value!);
      if (depth === this.#last) {
        this.#emit(next as Leaf, this.#writer);
        return depth - 1;
      }
      this.#levels[depth] = undefined;
      node = next as LabelNode<Leaf>;
      depth++;
    }
    this.#levels[depth] = node.map.entries();
    return depth;
  }
}
