/** A metric with labels: the children by their label values. One class for all types. */

import { show } from '../model/error.ts';
import type { Families, FamilyHeader } from '../model/family.ts';
import { type LabelNode, LabelTree } from '../model/label-tree.ts';
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

  constructor(declaration: Declaration) {
    this.#declaration = declaration;
    this.#kind = declaration.kind as Kind<Child>;
    this.#labelNames = declaration.family.labelNames;
    this.#tree = new LabelTree(this.#labelNames.length);
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

  labels(...given: readonly [Labels] | readonly LabelValue[]): Child {
    const first = given[0];
    if (typeof first === 'object' && first !== null) return this.#byName(first, given.length);
    const names = this.#labelNames;
    if (given.length !== names.length) this.#refuseCount(given);
    let found: LabelNode<Child> | Child | undefined = this.#tree.root;
    for (let i = 0; i < names.length; i++) {
      const value: unknown = given[i];
      const text = typeof value === 'string' ? value : this.#toText(i, value);
      found = (found as LabelNode<Child>).get(text);
      if (found === undefined) return this.#make(given as readonly LabelValue[]);
    }
    return found as Child;
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
    const family = this.#declaration.toFamily(this.#labelNames, (writer) =>
      this.#tree.walk(writer, this.#kind.write),
    );
    return refreshed === undefined ? [family] : refreshed.then(() => [family]);
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

  #byName(labels: Labels, arguments_: number): Child {
    const names = this.#labelNames;
    if (arguments_ !== 1) this.#refuseLabels(labels);
    let count = 0;
    for (const _ in labels) count++;
    if (count !== names.length) this.#refuseLabels(labels);
    let found: LabelNode<Child> | Child | undefined = this.#tree.root;
    for (let i = 0; i < names.length; i++) {
      const value: unknown = labels[names[i]!];
      const text = typeof value === 'string' ? value : this.#toText(i, value);
      found = (found as LabelNode<Child>).get(text);
      if (found === undefined) return this.#make(this.#toValues([labels]));
    }
    return found as Child;
  }

  // Apart from the look-up, which then stays small enough to be inlined into its callers.
  #make(given: readonly LabelValue[]): Child {
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
  #toValues(given: readonly [Labels] | readonly LabelValue[]): string[] {
    const [first] = given;
    let values: readonly unknown[] = given;
    if (typeof first === 'object' && first !== null) {
      const keys = Object.keys(first);
      if (given.length !== 1 || keys.length !== this.#labelNames.length) this.#refuseLabels(first);
      values = this.#labelNames.map((name) => first[name]);
    } else if (given.length !== this.#labelNames.length) this.#refuseCount(given);
    return values.map((value, i) => {
      const text = typeof value === 'string' ? value : this.#toText(i, value);
      return LONE_SURROGATES.test(text) ? text.replaceAll(LONE_SURROGATES, '\ufffd') : text;
    });
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
    const names = this.#labelNames.map((name) => `"${name}"`).join(', ');
    throw new TypeError(
      `${this.#declaration.subject}: ${method}() called on a metric with labels, expected labels(${names}).${method}(), got ${method}()`,
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
