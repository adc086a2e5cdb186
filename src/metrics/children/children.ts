/** The life of a labelled metric's children: made, limited in number, let go. */

import { cellCount, type StoredFamily } from '../../model/cells.ts';
import type { FamilyWriter, Walk } from '../../model/family.ts';
import type { LabelNode } from '../../model/label-node.ts';
import { LabelTree } from '../../model/label-tree.ts';
import { OVERFLOW } from '../../model/label-value.ts';
import type { Cells } from '../../storage/storage.ts';
import type { Declaration, Kind } from '../declaration/declaration.ts';
import { canTakeRows, ShownRows } from '../rows/shown-rows.ts';
import { beginAnew } from '../timing/clock.ts';
import { type Expired, ExpiredChildren } from './expired-children.ts';
import { IdleChildren } from './idle-children.ts';

/** All children of one metric, by their label values. */
export class Children<Child> {
  /** Where they are found. Look-ups descend on their own. */
  readonly tree: LabelTree<Child>;
  readonly #declaration: Declaration;
  readonly #kind: Kind<Child>;
  readonly #overflowValues: readonly string[];
  readonly #idle: IdleChildren<Child> | undefined;
  readonly #cellCount: number;
  readonly #counts: number;
  readonly #expired: ExpiredChildren<Child>;
  readonly #rows: ShownRows<Child> | undefined;
  /** Takes the statements there is no room for: many things have no one state to show. */
  #unseen: Child | undefined;

  constructor(declaration: Declaration) {
    this.#declaration = declaration;
    this.#kind = declaration.kind as Kind<Child>;
    const { names, maxIdleSeconds } = declaration.rules;
    this.tree = new LabelTree(names.length);
    this.#overflowValues = names.map(() => OVERFLOW);
    this.#counts = countsOf(declaration.family);
    this.#cellCount = cellCount(declaration.family);
    this.#expired = new ExpiredChildren(this.#counts > 0 ? this.#counts : this.#cellCount);
    const { numbers, write } = this.#kind;
    if (numbers !== undefined && declaration.storage.collect === undefined) {
      this.#rows = new ShownRows(this.tree, names.length, numbers, write);
    }
    if (maxIdleSeconds !== undefined) {
      this.#idle = new IdleChildren(maxIdleSeconds, this.#cellCount, (child) =>
        declaration.callbacks.has(child) ? undefined : this.#kind.place(child),
      );
    }
  }

  /** The child with these values, made if there is room for one more; else the one for the rest. */
  make(values: readonly string[]): Child {
    // Between scrapes too: a process that others answer for may never see one.
    if (this.#idle?.isDue(this.#declaration.clock.elapsed())) this.sweep();
    if (this.#hasRoom() || isOverflow(values)) return this.tree.getOrSet(values, this.#create);
    const existing = this.tree.get(values);
    if (existing !== undefined) return existing;
    this.#declaration.countOverflow();
    return this.#isStatement() ? this.#takeUnseen() : this.#takeOverflow();
  }

  /**
   * The same of values that a look-up has just not found, from where it ended: {@linkcode LabelTree.add}.
   * Node 24, 100,000 counters right after the start: 0.9 of the time that another descent takes.
   */
  makeBelow(
    values: readonly string[],
    depth: number,
    node: LabelNode<Child>,
    parent: LabelNode<Child> | undefined,
  ): Child {
    const isFull = this.tree.size >= this.#declaration.maxChildren;
    // A node that is its own parent is a tail, and what is above that is not known.
    if (isFull || node === parent || this.#idle !== undefined) return this.make(values);
    const child = this.#kind.create(this.#declaration, values);
    this.tree.add(values, child, depth, node, parent);
    return child;
  }

  /** Begins to show them all. */
  walk(writer: FamilyWriter): Walk {
    const { exemplars } = this.#declaration;
    if (this.#rows !== undefined && canTakeRows(writer) && !exemplars?.hasAny) {
      return this.#rows.walk(writer);
    }
    return this.tree.walk(writer, this.#kind.write);
  }

  /** Removes one child, and what ended processes counted of it. False when there was none. */
  remove(values: readonly string[]): boolean {
    this.#declaration.forget(values);
    return this.#drop(values);
  }

  #drop(values: readonly string[]): boolean {
    this.#expired.take(values);
    const child = this.tree.delete(values);
    if (child === undefined) return false;
    this.#letGo(child);
    return true;
  }

  /** Removes all children whose values match, and returns how many there were. */
  removeMatching(matches: (values: readonly string[]) => boolean): number {
    let count = 0;
    // A list: a tree must not change under its iterator.
    for (const [values] of [...this.tree.entries()]) {
      if (matches(values) && this.remove(values)) count++;
    }
    this.#expired.forget(matches);
    return count;
  }

  /** Removes all children. */
  clear(): void {
    this.#declaration.forget();
    for (const [, child] of this.tree.entries()) this.#letGo(child);
    this.tree.clear();
    this.#expired.forget(() => true);
  }

  /** Sets all children to what they were when they were made. */
  reset(): void {
    for (const [, child] of this.tree.entries()) this.#kind.reset(child);
    this.#expired.reset((child) => this.#kind.reset(child));
  }

  /**
   * Lets go of the children that were idle for too long. What they counted goes to the child for
   * the rest, so that the metric's total never falls; gauges and states just go. Those that expired
   * before and were used since get their places back.
   */
  sweep(): void {
    if (this.#idle === undefined) return;
    const now = this.#declaration.clock.elapsed();
    for (const [values, child] of this.#idle.sweep(now, this.tree.entries())) {
      if (isOverflow(values)) continue;
      if (this.#counts > 0) this.#fold(this.#kind.place(child)!);
      this.#drop(values);
      // From 0 as one that is made anew. What is in progress goes on, and a gauge may count that.
      if (this.#counts > 0) this.#kind.reset(child);
      this.#expired.add(values, child, this.#kind.place(child)!);
    }
    for (const expired of this.#expired.used()) this.#takeBack(expired);
  }

  #takeBack({ values, place }: Expired<Child>): void {
    if (this.#hasRoom()) {
      this.tree.getOrSet(values, this.#create);
      return;
    }
    this.#declaration.countOverflow();
    if (this.#counts === 0) return;
    this.#fold(place);
    place.cells.fill(0, place.index, place.index + this.#counts);
    place.native?.clear();
  }

  /** A new child, or the expired one that a program kept. Made once, and not for each child. */
  readonly #create = (values: readonly string[]): Child => {
    const made = this.#kind.create(this.#declaration, values);
    const expired = this.#idle && this.#expired.take(values);
    return expired === undefined ? made : this.#again(made, expired);
  };

  /** The expired child in the place of `made`, or `made` itself where no program has that any more. */
  #again(made: Child, expired: Expired<Child>): Child {
    const place = this.#kind.place(made)!;
    if (this.#expired.isUsed(expired)) {
      const { cells, index, native } = expired.place;
      place.cells.set(cells.subarray(index, index + this.#cellCount), place.index);
      if (native !== undefined) place.native?.add(native);
    }
    const child = expired.child.deref();
    if (child === undefined) return made;
    this.#kind.attach?.(child, place);
    this.#declaration.callbacks.welcome(child);
    return child;
  }

  #hasRoom(): boolean {
    const { size } = this.tree;
    const { maxChildren } = this.#declaration;
    if (size < maxChildren) return true;
    // The child for the rest is none of those that are counted.
    return size === maxChildren && this.tree.get(this.#overflowValues) !== undefined;
  }

  #takeOverflow(): Child {
    return this.tree.getOrSet(this.#overflowValues, this.#create);
  }

  #takeUnseen(): Child {
    if (this.#unseen === undefined) {
      this.#unseen = this.#kind.create(this.#declaration, this.#overflowValues);
      this.#letGo(this.#unseen);
    }
    return this.#unseen;
  }

  #isStatement(): boolean {
    const { type } = this.#kind;
    return type === 'info' || type === 'stateset';
  }

  #fold(from: Cells): void {
    if (isZero(from, this.#counts)) return;
    const to = this.#kind.place(this.#takeOverflow())!;
    for (let i = 0; i < this.#counts; i++) to.cells[to.index + i]! += from.cells[from.index + i]!;
    if (from.native === undefined) return;
    to.native?.add(from.native);
    to.native?.limit();
  }

  #letGo(child: Child): void {
    beginAnew();
    this.#rows?.drop(child);
    this.#declaration.detach(child);
    this.#declaration.callbacks.drop(child);
  }
}

function isZero({ cells, index }: Cells, count: number): boolean {
  for (let i = 0; i < count; i++) if (cells[index + i] !== 0) return false;
  return true;
}

function isOverflow(values: readonly string[]): boolean {
  return values.every((value) => value === OVERFLOW);
}

/** How many cells of a type hold counts, which can be added up: all but the last, the start time. */
function countsOf({ type, ...family }: StoredFamily): number {
  if (type !== 'counter' && type !== 'summary' && type !== 'histogram') return 0;
  return cellCount({ type, ...family }) - 1;
}
