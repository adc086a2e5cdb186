/** A metric with labels: the children by their label values. One class for all types. */

import { show } from '../model/error.ts';
import type { Families, FamilyHeader, MetricFamily } from '../model/family.ts';
import type { LabelNode } from '../model/label-node.ts';
import { LabelTree } from '../model/label-tree.ts';
import type { Labels, LabelValue } from '../model/labels.ts';
import type { Metric } from './child.ts';
import type { Declaration, Kind } from './declaration.ts';

/** Surrogates without their other half, which UTF-8 cannot hold. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** The children of one metric. */
export class LabelledMetric<Child> implements Metric {
  readonly #declaration: Declaration;
  readonly #kind: Kind<Child>;
  readonly #labelNames: readonly string[];
  readonly #tree: LabelTree<Child>;
  /**
   * Made once and not for each scrape: writers read it with every point, by code that V8 forgets
   * together with the last family. Node 24, 100,000 counters to OpenMetrics, a full collection before
   * each scrape: 11 ms with this, 24 without.
   */
  readonly #families: readonly [MetricFamily];

  constructor(declaration: Declaration) {
    this.#declaration = declaration;
    this.#kind = declaration.kind as Kind<Child>;
    this.#labelNames = declaration.family.labelNames;
    this.#tree = new LabelTree(this.#labelNames.length);
    const { write } = this.#kind;
    this.#families = [
      declaration.toFamily(this.#labelNames, (writer) => this.#tree.walk(writer, write)),
    ];
  }

  get type(): string {
    return this.#declaration.family.type;
  }

  get name(): string {
    return this.#declaration.name;
  }

  get help(): string {
    return this.#declaration.family.help;
  }

  get labelNames(): readonly string[] {
    return this.#labelNames;
  }

  /**
   * Up to four labels, which most metrics have no more of, are taken by parameters of their own: a
   * rest parameter is an array on every call, since the slow paths keep it. Node 24, three labels:
   * 33 ns with this, 37 with a rest parameter.
   */
  labels(
    first?: Labels | LabelValue,
    second?: LabelValue,
    third?: LabelValue,
    fourth?: LabelValue,
  ): Child {
    // biome-ignore lint/complexity/noArguments: see above
    const given = arguments.length;
    if (typeof first === 'object' && first !== null) return this.#byName(first, given);
    if (given !== this.#labelNames.length || given > 4) {
      // biome-ignore lint/complexity/noArguments: see above
      return this.#byPosition([...arguments]);
    }
    type Found = LabelNode<Child> | Child | undefined;
    let found: Found = this.#tree.root.get(this.#text(0, first));
    if (given > 1 && found !== undefined) {
      found = (found as LabelNode<Child>).get(this.#text(1, second));
    }
    if (given > 2 && found !== undefined) {
      found = (found as LabelNode<Child>).get(this.#text(2, third));
    }
    if (given > 3 && found !== undefined) {
      found = (found as LabelNode<Child>).get(this.#text(3, fourth));
    }
    if (found !== undefined) return found as Child;
    return this.#make([first, second, third, fourth].slice(0, given));
  }

  remove(...given: readonly [Labels] | readonly LabelValue[]): boolean {
    const child = this.#tree.delete(this.#toValues(given));
    if (child === undefined) return false;
    this.#letGo(child);
    return true;
  }

  clear(): void {
    for (const [, child] of this.#tree.entries()) this.#letGo(child);
    this.#tree.clear();
  }

  collect(): Families {
    const refreshed = this.refresh();
    return refreshed === undefined ? this.#families : refreshed.then(() => this.#families);
  }

  describe(): Iterable<Pick<FamilyHeader, 'name' | 'type'>> {
    return [this.#declaration.family];
  }

  refresh(): void | Promise<void> {
    return this.#declaration.refresh();
  }

  withdraw(): void {
    this.clear();
  }

  #byPosition(given: readonly unknown[]): Child {
    if (given.length !== this.#labelNames.length) this.#refuseCount(given);
    let found: LabelNode<Child> | Child | undefined = this.#tree.root;
    for (let i = 0; i < given.length; i++) {
      found = (found as LabelNode<Child>).get(this.#text(i, given[i]));
      if (found === undefined) return this.#make(given);
    }
    return found as Child;
  }

  /**
   * Goes by the order in which the object has its labels, as long as that is the metric's own order.
   * Within `for … in` an object's own key is read by its place. Node 24, three labels: 53 ns, and
   * 62 by the names of the metric, which are another one at each turn of a loop.
   */
  #byName(labels: Labels, given: number): Child {
    const names = this.#labelNames;
    if (given !== 1) this.#refuseLabels(labels);
    let found: LabelNode<Child> | Child | undefined = this.#tree.root;
    let depth = 0;
    for (const name in labels) {
      if (name !== names[depth]) return this.#byNameInAnyOrder(labels);
      found = (found as LabelNode<Child>).get(this.#text(depth, labels[name]));
      if (found === undefined) return this.#make([labels]);
      depth++;
    }
    if (depth !== names.length) this.#refuseLabels(labels);
    return found as Child;
  }

  #byNameInAnyOrder(labels: Labels): Child {
    const names = this.#labelNames;
    let count = 0;
    for (const _ in labels) count++;
    if (count !== names.length) this.#refuseLabels(labels);
    let found: LabelNode<Child> | Child | undefined = this.#tree.root;
    for (let i = 0; i < names.length; i++) {
      const value: unknown = labels[names[i]!];
      // Throws, and says which labels are there if it is not this value that is wrong.
      if (typeof value !== 'string' && typeof value !== 'number') this.#toValues([labels]);
      found = (found as LabelNode<Child>).get(this.#text(i, value));
      if (found === undefined) return this.#make([labels]);
    }
    return found as Child;
  }

  // Apart from the look-up, which then stays small enough to be inlined into its callers.
  #make(given: readonly unknown[]): Child {
    const values = this.#toValues(given);
    const existing = this.#tree.get(values);
    if (existing !== undefined) return existing;
    const child = this.#kind.create(this.#declaration, values);
    this.#tree.set(values, child);
    return child;
  }

  /**
   * The label values as text, each well-formed: half a surrogate pair becomes U+FFFD here, as it
   * would on its way to UTF-8, or two children would be written as one series. It is data from
   * outside more often than a mistake, so that it does not throw.
   */
  #toValues(given: readonly unknown[]): string[] {
    const [first] = given as readonly [Labels] | readonly LabelValue[];
    let values: readonly unknown[] = given;
    if (typeof first === 'object' && first !== null) {
      const keys = Object.keys(first);
      const known = this.#labelNames.every((name) => Object.hasOwn(first, name));
      if (given.length !== 1 || keys.length !== this.#labelNames.length || !known) {
        this.#refuseLabels(first);
      }
      values = this.#labelNames.map((name) => first[name]);
    } else if (given.length !== this.#labelNames.length) this.#refuseCount(given);
    return values.map((value, i) => {
      const text = this.#text(i, value);
      return LONE_SURROGATES.test(text) ? text.replaceAll(LONE_SURROGATES, '\ufffd') : text;
    });
  }

  #text(index: number, value: unknown): string {
    return typeof value === 'string' ? value : this.#toText(index, value);
  }

  #toText(index: number, value: unknown): string {
    if (typeof value === 'number') return `${value}`;
    throw new TypeError(
      `${this.#declaration.subject}: label "${this.#labelNames[index]}" has no usable value, expected a string or number, got ${show(value)}`,
    );
  }

  #refuseCount(given: readonly unknown[]): never {
    throw new TypeError(
      `${this.#declaration.subject}: wrong number of label values, expected ${this.#labelNames.length} for ${show(this.#labelNames)}, got ${show(given)}`,
    );
  }

  #refuseLabels(labels: object): never {
    throw new TypeError(
      `${this.#declaration.subject}: wrong labels, expected ${show(this.#labelNames)}, got ${show(Object.keys(labels))}`,
    );
  }

  #letGo(child: Child): void {
    const place = this.#kind.detach(child);
    this.#declaration.dropCallback(child);
    if (place !== undefined) this.#declaration.release(place);
  }

  /** Refuses what only a child can do. */
  refuseWithoutLabels(method: string): never {
    const names = this.#labelNames.map((name) => `${name}: …`).join(', ');
    throw new TypeError(
      `${this.#declaration.subject}: ${method}() called on a metric with labels, expected labels({ ${names} }).${method}(), got ${method}()`,
    );
  }
}

// For users of plain JavaScript; the types do not have them.
for (const method of [
  'inc',
  'dec',
  'set',
  'observe',
  'info',
  'state',
  'reset',
  'startTimer',
  'time',
  'trackInProgress',
  'countExceptions',
  'setToCurrentTime',
  'setFunction',
]) {
  Object.defineProperty(LabelledMetric.prototype, method, {
    configurable: true,
    writable: true,
    value(this: LabelledMetric<unknown>): never {
      return this.refuseWithoutLabels(method);
    },
  });
}
