import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { FamilyWriter, Walk } from './family.ts';
import { type LabelNode, TailNode } from './label-node.ts';
import { LabelTree } from './label-tree.ts';

/** Notes the leaves of a walk by their labels, and is full after as many as it is allowed. */
class Notes {
  readonly seen: string[] = [];
  allowed = Infinity;
  readonly #labels: string[] = [];

  get full(): boolean {
    return this.seen.length >= this.allowed;
  }

  label(depth: number, value: string): void {
    this.#labels.length = depth;
    this.#labels.push(value);
  }

  note(leaf: string): void {
    this.seen.push(leaf);
    this.paths.push([...this.#labels]);
  }

  readonly paths: string[][] = [];
}

function walkThrough(tree: LabelTree<string>): { notes: Notes; walk: Walk } {
  const notes = new Notes();
  const walk = tree.walk(notes as unknown as FamilyWriter, (leaf) => notes.note(leaf));
  return { notes, walk };
}

/** A tree whose leaves are their own labels: `'GET /'` below GET and /. */
function treeOf(...leaves: readonly string[]): LabelTree<string> {
  const tree = new LabelTree<string>(2);
  for (const leaf of leaves) tree.set(leaf.split(' '), leaf);
  return tree;
}

function pausedAfter(tree: LabelTree<string>, leaves: number): { notes: Notes; walk: Walk } {
  const started = walkThrough(tree);
  started.notes.allowed = leaves;
  equal(started.walk.advance(), false);
  started.notes.allowed = Infinity;
  return started;
}

/** How many places in the tree lead to nothing. */
function deadPlaces(node: LabelNode<string>, depth: number): number {
  if (node instanceof TailNode) return node.only === undefined ? 1 : 0;
  let dead = 0;
  for (const [, below] of node.places()) {
    if (below === undefined) dead++;
    else if (depth > 1) dead += deadPlaces(below as LabelNode<string>, depth - 1);
  }
  return dead;
}

describe('LabelTree', () => {
  it('finds a leaf by all its values and by no others', () => {
    const tree = treeOf('GET /', 'GET /a', 'POST /');
    equal(tree.get(['GET', '/']), 'GET /');
    equal(tree.get(['POST', '/']), 'POST /');
    equal(tree.get(['POST', '/a']), undefined);
    equal(tree.get(['PUT', '/']), undefined);
    equal(tree.size, 3);
  });

  it('replaces a leaf that is set again', () => {
    const tree = treeOf('GET /');
    tree.set(['GET', '/'], 'again');
    equal(tree.get(['GET', '/']), 'again');
    equal(tree.size, 1);
  });

  it('finds each of up to twelve values at every level, whatever was added before', () => {
    const tree = new LabelTree<string>(3);
    const paths: string[][] = [];
    for (let i = 0; i < 12; i++) {
      paths.push([`${i}`, 'b', 'c'], ['a', `${i}`, 'c'], ['a', 'b', `${i}`]);
      for (const path of paths.slice(-3)) tree.set(path, path.join());
      for (const path of paths) equal(tree.get(path), path.join());
      equal(tree.get(['a', 'b', 'none']), undefined);
      equal(tree.get([`${i}`, 'none', 'c']), undefined);
    }
    equal(tree.size, 36);
  });

  it('makes a leaf only where there is none, and adds nothing when that throws', () => {
    const tree = treeOf('GET /');
    const never = (): string => {
      throw new Error('not made');
    };
    equal(tree.getOrSet(['GET', '/'], never), 'GET /');
    equal(
      tree.getOrSet(['GET', '/a'], ([, path]) => `made ${path}`),
      'made /a',
    );
    throws(() => tree.getOrSet(['PUT', '/'], never), /^Error: not made$/);
    equal(tree.size, 2);
    equal(tree.get(['PUT', '/']), undefined);
  });

  it('adds leaves where look-ups ended, at every level', () => {
    const tree = new LabelTree<string>(3);
    const added = [];
    for (let i = 0; i < 216; i++) {
      const values = [`${i % 6}`, `${Math.floor(i / 6) % 6}`, `${Math.floor(i / 36)}`];
      addBelow(tree, values, values.join());
      added.push(values);
    }
    equal(tree.size, 216);
    for (const values of added) equal(tree.get(values), values.join());
  });

  it('tells apart values that would meet if they were joined, and empty ones', () => {
    const tree = new LabelTree<number>(2);
    const values = [
      ['a|', 'b'],
      ['a', '|b'],
      ['', 'a'],
      ['a', ''],
      ['', ''],
      ['a,b:1', 'b'],
      ['a', 'b:1,b'],
      ['a\u0000', 'b'],
      ['a', '\u0000b'],
    ];
    values.forEach((pair, i) => {
      tree.set(pair, i);
    });
    deepEqual(
      values.map((pair) => tree.get(pair)),
      values.map((_, i) => i),
    );
  });

  it('takes the names of objects’ own properties as values like any other', () => {
    const tree = new LabelTree<string>(1);
    for (const value of ['__proto__', 'constructor', 'toString']) {
      equal(tree.get([value]), undefined);
      tree.set([value], value);
    }
    deepEqual(
      [...tree.entries()],
      [
        [['__proto__'], '__proto__'],
        [['constructor'], 'constructor'],
        [['toString'], 'toString'],
      ],
    );
  });

  it('returns what it deletes, once, and leaves nothing of it behind', () => {
    const tree = treeOf('GET /', 'GET /a', 'POST /');
    equal(tree.delete(['GET', '/a']), 'GET /a');
    equal(tree.delete(['GET', '/a']), undefined);
    equal(tree.delete(['PUT', '/']), undefined);
    equal(tree.delete(['POST', '/']), 'POST /');
    equal(tree.size, 1);
    equal(deadPlaces(tree.root, 2), 0);
    equal(tree.delete(['GET', '/']), 'GET /');
    equal(tree.size, 0);
    deepEqual([...tree.entries()], []);
  });

  it('is empty after a clear and can be filled again', () => {
    const tree = treeOf('GET /', 'POST /');
    tree.clear();
    equal(tree.size, 0);
    equal(tree.get(['GET', '/']), undefined);
    tree.set(['GET', '/'], 'new');
    deepEqual([...tree.entries()], [[['GET', '/'], 'new']]);
  });
});

describe('LabelTree.walk', () => {
  it('gives each leaf with its labels, those of one first label side by side', () => {
    const tree = treeOf('GET /', 'POST /', 'GET /a', 'POST /b');
    const { notes, walk } = walkThrough(tree);
    equal(walk.advance(), true);
    deepEqual(notes.paths, [
      ['GET', '/'],
      ['GET', '/a'],
      ['POST', '/'],
      ['POST', '/b'],
    ]);
    equal(walk.advance(), true);
    equal(notes.seen.length, 4);
  });

  it('is done at once in an empty tree', () => {
    const { notes, walk } = walkThrough(new LabelTree(3));
    equal(walk.advance(), true);
    deepEqual(notes.seen, []);
  });

  it('pauses after each leaf where the writer asks for it, at every depth', () => {
    const tree = treeOf('a 1', 'b 1', 'b 2', 'c 1');
    const { notes, walk } = walkThrough(tree);
    const steps: string[][] = [];
    for (notes.allowed = 1; !walk.advance(); notes.allowed++) steps.push([...notes.seen]);
    deepEqual(steps, [
      ['a 1'],
      ['a 1', 'b 1'],
      ['a 1', 'b 1', 'b 2'],
      ['a 1', 'b 1', 'b 2', 'c 1'],
    ]);
  });

  it('leaves out what was deleted while it was paused', () => {
    const tree = treeOf('a 1', 'a 2', 'b 1', 'c 1');
    const { notes, walk } = pausedAfter(tree, 1);
    tree.delete(['a', '2']);
    tree.delete(['b', '1']);
    equal(walk.advance(), true);
    deepEqual(notes.seen, ['a 1', 'c 1']);
    equal(deadPlaces(tree.root, 2), 0);
  });

  it('does not show a series again that was deleted and made anew meanwhile', () => {
    const tree = treeOf('a 1', 'a 2', 'b 1');
    const { notes, walk } = pausedAfter(tree, 2);
    tree.delete(['a', '1']);
    tree.set(['a', '1'], 'a 1 anew');
    equal(walk.advance(), true);
    deepEqual(notes.seen, ['a 1', 'a 2', 'b 1']);
    equal(tree.get(['a', '1']), 'a 1 anew');
  });

  it('shows the new leaf of a series that it had not reached', () => {
    const tree = treeOf('a 1', 'b 1', 'c 1');
    const { notes, walk } = pausedAfter(tree, 1);
    tree.delete(['c', '1']);
    tree.set(['c', '1'], 'c 1 anew');
    equal(walk.advance(), true);
    deepEqual(notes.seen, ['a 1', 'b 1', 'c 1 anew']);
  });

  it('shows no leaf twice whose only child became one of many meanwhile', () => {
    const tree = treeOf('a 1', 'b 1');
    const { notes, walk } = pausedAfter(tree, 1);
    tree.set(['a', '2'], 'a 2');
    tree.set(['b', '2'], 'b 2');
    equal(walk.advance(), true);
    deepEqual(notes.seen, ['a 1', 'b 1', 'b 2']);
    equal(tree.size, 4);
  });

  it('goes on where it was in a level that grows from four children to five', () => {
    const tree = treeOf('a 1', 'b 1', 'c 1', 'd 1');
    const { notes, walk } = pausedAfter(tree, 2);
    tree.set(['e', '1'], 'e 1');
    equal(walk.advance(), true);
    deepEqual(notes.seen, ['a 1', 'b 1', 'c 1', 'd 1', 'e 1']);
  });

  it('ends where it is at a clear, and shows nothing that came after it', () => {
    const tree = treeOf('a 1', 'b 1');
    const { notes, walk } = pausedAfter(tree, 1);
    tree.clear();
    tree.set(['b', '1'], 'after');
    equal(walk.advance(), true);
    deepEqual(notes.seen, ['a 1']);
    equal(tree.get(['b', '1']), 'after');
  });

  it('cleans up when the last of several walks has ended, the abandoned ones included', () => {
    const tree = treeOf('a 1', 'b 1', 'c 1', 'd 1');
    const one = pausedAfter(tree, 1);
    const two = pausedAfter(tree, 1);
    tree.delete(['c', '1']);
    equal(one.walk.advance(), true);
    equal(deadPlaces(tree.root, 2), 1);
    two.walk.close();
    equal(deadPlaces(tree.root, 2), 0);
    equal(two.walk.advance(), true);
    deepEqual(two.notes.seen, ['a 1']);
  });

  it('takes a walk that is closed twice for one', () => {
    const tree = treeOf('a 1', 'b 1', 'c 1');
    const one = pausedAfter(tree, 1);
    one.walk.close();
    const two = pausedAfter(tree, 1);
    one.walk.close();
    tree.delete(['a', '1']);
    tree.set(['a', '1'], 'a 1 anew');
    equal(two.walk.advance(), true);
    deepEqual(two.notes.seen, ['a 1', 'b 1', 'c 1']);
  });
});

/** What a tree goes through in a property: on itself or on one of two walks. */
/** Adds a leaf as metrics do: where a look-up of its values ended, unless that is a tail's second level. */
function addBelow(tree: LabelTree<string>, values: readonly string[], leaf: string): void {
  let parent: LabelNode<string> | undefined;
  let level = tree.root;
  let depth = 0;
  for (; depth < values.length - 1; depth++) {
    const node = level.below(values[depth]!);
    if (node === undefined) break;
    parent = level;
    level = node;
  }
  if (depth === values.length - 1) equal(level.leaf(values[depth]!), undefined);
  if (level === parent) tree.getOrSet(values, () => leaf);
  else tree.add(values, leaf, depth, level, parent);
}

type Step =
  | { readonly do: 'set' | 'add' | 'delete'; readonly values: readonly string[] }
  | { readonly do: 'clear' }
  | WalkStep;

interface WalkStep {
  readonly do: 'begin' | 'advance' | 'close';
  readonly walk: 0 | 1;
  readonly leaves: number;
}

const value = fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', '__proto__');
const walkStep = fc.record({
  do: fc.constantFrom('begin', 'advance', 'close'),
  walk: fc.constantFrom(0, 1),
  leaves: fc.integer({ min: 1, max: 3 }),
});
const treeStep = (depth: number): fc.Arbitrary<unknown> =>
  fc.record({
    do: fc.constantFrom('set', 'add', 'delete'),
    values: fc.array(value, { minLength: depth, maxLength: depth }),
  });
const program = fc
  .integer({ min: 1, max: 3 })
  .chain((depth) =>
    fc.tuple(
      fc.constant(depth),
      fc.array(
        fc.oneof(
          { weight: 12, arbitrary: treeStep(depth) },
          { weight: 8, arbitrary: walkStep },
          { weight: 1, arbitrary: fc.constant({ do: 'clear' }) },
        ),
        { maxLength: 60 },
      ) as fc.Arbitrary<Step[]>,
    ),
  );

/** A walk under way, and what is known of it: the leaves that it has to show, unless they go. */
interface Observed {
  readonly notes: Notes;
  readonly walk: Walk;
  readonly due: Set<string>;
}

/** A tree beside a plain Map, and the walks through it. */
class Trial {
  readonly #tree: LabelTree<string>;
  readonly #model = new Map<string, string>();
  readonly #walks = new Map<number, Observed>();
  readonly #depth: number;
  #made = 0;

  constructor(depth: number) {
    this.#depth = depth;
    this.#tree = new LabelTree(depth);
  }

  run(step: Step): void {
    if ('walk' in step) this.#walk(step);
    else if (step.do === 'set' || step.do === 'add') this.#set(step.values, step.do === 'add');
    else if (step.do === 'delete') this.#delete(step.values);
    else this.#clear();
    equal(this.#tree.size, this.#model.size);
  }

  #walk({ do: action, walk, leaves }: WalkStep): void {
    if (action === 'begin') this.#begin(walk);
    else if (action === 'advance') this.#advance(walk, leaves);
    else this.#end(walk);
  }

  finish(): void {
    for (const walk of [0, 1]) this.#advance(walk, Infinity);
    const entries = Array.from(this.#tree.entries(), ([values, leaf]) => [
      JSON.stringify(values),
      leaf,
    ]);
    deepEqual(new Map(entries as [string, string][]), this.#model);
    equal(entries.length, this.#model.size);
    for (const [key, leaf] of this.#model) equal(this.#tree.get(JSON.parse(key)), leaf);
    if (this.#model.size > 0) equal(deadPlaces(this.#tree.root, this.#depth), 0);
  }

  #set(values: readonly string[], fromLookUp: boolean): void {
    const key = JSON.stringify(values);
    if (this.#model.has(key)) return;
    const leaf = `${key} ${this.#made++}`;
    if (fromLookUp) addBelow(this.#tree, values, leaf);
    else this.#tree.set(values, leaf);
    this.#model.set(key, leaf);
  }

  #delete(values: readonly string[]): void {
    const key = JSON.stringify(values);
    equal(this.#tree.delete(values), this.#model.get(key));
    for (const { due } of this.#walks.values()) due.delete(this.#model.get(key) ?? '');
    this.#model.delete(key);
  }

  #clear(): void {
    this.#tree.clear();
    this.#model.clear();
    for (const { due } of this.#walks.values()) due.clear();
  }

  #begin(id: number): void {
    if (this.#walks.has(id)) return;
    const notes = new Notes();
    const walk = this.#tree.walk(notes as unknown as FamilyWriter, (leaf) => {
      // Whatever is shown is there at this moment.
      const key = leaf.slice(0, leaf.lastIndexOf(' '));
      equal(this.#model.get(key), leaf);
      notes.note(leaf);
      deepEqual(JSON.stringify(notes.paths.at(-1)), key);
    });
    this.#walks.set(id, { notes, walk, due: new Set(this.#model.values()) });
  }

  #advance(id: number, leaves: number): void {
    const observed = this.#walks.get(id);
    if (observed === undefined) return;
    const { notes, walk, due } = observed;
    notes.allowed = notes.seen.length + leaves;
    const done = walk.advance();
    const keys = notes.paths.map((path) => JSON.stringify(path));
    equal(new Set(keys).size, keys.length, 'a series was shown twice');
    if (!done) return;
    for (const leaf of due) equal(notes.seen.includes(leaf), true, `${leaf} was not shown`);
    this.#walks.delete(id);
  }

  #end(id: number): void {
    this.#walks.get(id)?.walk.close();
    this.#walks.delete(id);
  }
}

describe('LabelTree and a Map', () => {
  it('hold the same after any program, whose walks show each series once and none that is gone', () => {
    fc.assert(
      fc.property(program, ([depth, steps]) => {
        const trial = new Trial(depth);
        for (const step of steps) trial.run(step);
        trial.finish();
      }),
      { numRuns: 2000 },
    );
  });
});
