/**
 * The series of one family by their label values: a tree with one level a label, so that no two
 * sets of values can meet, whatever characters they hold.
 *
 * A walk through the tree can be paused, and whatever happens to the tree meanwhile, it shows no
 * series twice and none that a `clear` took away.
 */

import type { Walk } from './family.ts';
import { FewNode, type LabelNode, SingleNode, TailNode } from './label-node.ts';
import { type Labelled, TreeWalk } from './label-walk.ts';

/** Finds a leaf by its label values, one for each of `depth` labels. */
export class LabelTree<Leaf> {
  #root: LabelNode<Leaf> = new FewNode();
  readonly #depth: number;
  #size = 0;
  #clears = 0;
  #changes = 0;
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

  /** How often a leaf was added, replaced or removed: another number, and the next walk differs. */
  get changes(): number {
    return this.#changes;
  }

  /** The first level, for look-ups that descend on their own: another one after each change. */
  get root(): LabelNode<Leaf> {
    return this.#root;
  }

  /** The leaf with these values, if there is one. */
  get(values: readonly string[]): Leaf | undefined {
    const last = this.#depth - 1;
    let node: LabelNode<Leaf> | undefined = this.#root;
    for (let i = 0; i < last && node !== undefined; i++) node = node.below(values[i]!);
    return node?.leaf(values[last]!);
  }

  /** Adds a leaf, or replaces the one with these values. */
  set(values: readonly string[], leaf: Leaf): void {
    this.#put(values, () => leaf, true);
  }

  /**
   * The leaf with these values; where there is none, the one that `make` returns, which is added. What
   * `make` throws changes nothing.
   */
  getOrSet(values: readonly string[], make: (values: readonly string[]) => Leaf): Leaf {
    return this.#put(values, make, false);
  }

  /**
   * Adds a leaf where a look-up that has just ended found that there is none.
   *
   * @param depth - How many of the values lead to `node`, which has nothing below the next one.
   * @param parent - The level above `node`; another object than that, as it is not where the values lead to
   * the second level of a {@linkcode TailNode}.
   */
  add(
    values: readonly string[],
    leaf: Leaf,
    depth: number,
    node: LabelNode<Leaf>,
    parent: LabelNode<Leaf> | undefined,
  ): void {
    this.#size++;
    this.#changes++;
    const below = depth === values.length - 1 ? leaf : pathTo(values, depth + 1, leaf);
    const after = node.with(values[depth]!, below);
    if (after !== node) this.#replace(parent, values[depth - 1]!, after);
  }

  /** Removes the leaf with these values and returns it, or nothing where there is none. */
  delete(values: readonly string[]): Leaf | undefined {
    const leaf = this.get(values);
    if (leaf === undefined) return undefined;
    this.#size--;
    this.#changes++;
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
    this.#root = new FewNode();
    this.#clears++;
    this.#changes++;
    this.#size = 0;
    this.#vacated = [];
  }

  /** All leaves with their values, in the order of a walk. */
  *entries(): Generator<[values: string[], leaf: Leaf]> {
    yield* entriesBelow(this.#root, this.#depth, []);
  }

  /** Begins a walk that gives each leaf to `emit`, after the labels that lead to it. */
  walk<Writer extends Labelled>(writer: Writer, emit: (leaf: Leaf, writer: Writer) => void): Walk {
    this.#walks++;
    const clears = this.#clears;
    return new TreeWalk(this.#depth - 1, writer, emit, {
      root: () => (this.#clears === clears ? this.#root : undefined),
      end: () => this.#endWalk(),
    });
  }

  /** Goes down once, and returns the leaf that is there then. */
  #put(
    values: readonly string[],
    make: (values: readonly string[]) => Leaf,
    replaces: boolean,
  ): Leaf {
    const last = this.#depth - 1;
    let node = this.#root;
    let parent: LabelNode<Leaf> | undefined;
    let above = '';
    for (let depth = 0; depth < last; depth++) {
      const value = values[depth]!;
      const below = node.below(value);
      if (below === undefined) {
        const leaf = make(values);
        this.#size++;
        this.#changes++;
        const after = node.with(value, pathTo(values, depth + 1, leaf));
        if (after !== node) this.#replace(parent, above, after);
        return leaf;
      }
      if (below === node) break; // A tail, which is both of its levels.
      parent = node;
      above = value;
      node = below;
    }
    return this.#putLeaf(values, make, replaces, node, parent, above);
  }

  /** @param above - The value that leads to `node`. */
  #putLeaf(
    values: readonly string[],
    make: (values: readonly string[]) => Leaf,
    replaces: boolean,
    node: LabelNode<Leaf>,
    parent: LabelNode<Leaf> | undefined,
    above: string,
  ): Leaf {
    const value = values[this.#depth - 1]!;
    const existing = node.leaf(value);
    if (existing !== undefined && !replaces) return existing;
    const leaf = make(values);
    if (existing === undefined) this.#size++;
    this.#changes++;
    const after = node.withLeaf(value, leaf);
    if (after !== node) this.#replace(parent, above, after);
    return leaf;
  }

  /** Puts a node below its parent in place of the one that it was made of. */
  #replace(parent: LabelNode<Leaf> | undefined, value: string, node: LabelNode<Leaf>): void {
    if (parent === undefined) this.#root = node;
    else parent.with(value, node);
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
    let node = this.#root;
    for (let i = 0; i < this.#depth - 1; i++) node = node.below(values[i]!)!;
    return node;
  }

  #prune(values: readonly string[]): void {
    const path: Exclude<LabelNode<Leaf>, TailNode<Leaf>>[] = [];
    let node: LabelNode<Leaf> | undefined = this.#root;
    // A tail that has other values than these leads to nothing.
    for (let i = 0; i < this.#depth && node !== undefined; i++) {
      if (node instanceof TailNode) {
        if (!node.leadsTo(values[i]!, values[i + 1]!)) return;
        break;
      }
      path.push(node);
      if (i < this.#depth - 1) node = node.below(values[i]!);
    }
    if (node === undefined) return;
    for (let i = path.length - 1; i >= 0 && path[i]!.delete(values[i]!); i--);
  }
}

/** The levels from `depth` on of a leaf that shares none of them. */
function pathTo<Leaf>(values: readonly string[], depth: number, leaf: Leaf): LabelNode<Leaf> {
  const left = values.length - depth;
  if (left === 1) return new SingleNode(values[depth]!, leaf);
  if (left === 2) return new TailNode(values[depth]!, values[depth + 1]!, leaf);
  return new SingleNode(values[depth]!, pathTo(values, depth + 1, leaf));
}

function* entriesBelow<Leaf>(
  node: LabelNode<Leaf>,
  depth: number,
  values: readonly string[],
): Generator<[values: string[], leaf: Leaf]> {
  if (node instanceof TailNode) {
    if (node.only !== undefined) yield [[...values, node.value, node.last], node.only];
    return;
  }
  for (const [value, below] of node.places()) {
    if (below === undefined) continue;
    if (depth === 1) yield [[...values, value], below as Leaf];
    else yield* entriesBelow(below as LabelNode<Leaf>, depth - 1, [...values, value]);
  }
}
