/** What the children of all types have in common; a metric without labels is its only child. */

import { show } from '../../model/error.ts';
import type { Collector, Families, FamilyHeader, FamilyWriter, Walk } from '../../model/family.ts';
import { refuseUnknown, refuseValue } from '../../model/option.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Declaration } from '../declaration/declaration.ts';
import type { ExemplarSampling } from '../exemplars/exemplar-options.ts';
import { isAsyncIterable, watched } from '../timing/async-iteration.ts';
import type { End } from '../timing/outcome.ts';
import { runUntilEnd } from '../timing/timer.ts';

/** What every metric has, with labels or without, and every child. */
export interface Metric extends Collector {
  /** The metric's name, as it was declared. */
  readonly name: string;
  /** The sentence for people that the metric was declared with. */
  readonly help: string;
  /** The metric's family as it is now. A child of a labelled metric shows itself, without labels. */
  collect(): Families;
  /** The family's name and type, for registration. */
  describe(): Iterable<Pick<FamilyHeader, 'name' | 'type'>>;
}

/** The base of the child classes, each of which knows where its declaration is. */
export abstract class AnyChild implements Metric {
  /** What all children of the metric share. */
  protected abstract get declaration(): Declaration;

  get name(): string {
    return this.declaration.name;
  }

  get help(): string {
    return this.declaration.family.help;
  }

  collect(): Families {
    const refreshed = this.refresh();
    const family = this.declaration.toFamily(
      [],
      (writer) => new ChildWalk(this, this.declaration, writer),
    );
    return refreshed === undefined ? [family] : refreshed.then(() => [family]);
  }

  describe(): Iterable<Pick<FamilyHeader, 'name' | 'type'>> {
    return [this.declaration.family];
  }

  /** Sets what has a callback to what it returns now. The registry calls it before each scrape. */
  refresh(): void | Promise<void> {
    return this.declaration.refresh();
  }

  /** True where its numbers lie in `storage`. */
  isKeptIn(storage: Storage): boolean {
    return this.declaration.storage === storage;
  }

  /** Takes the metric out of its storage; it counts on unseen. The registry calls it. */
  withdraw(): void {
    this.declaration.withdraw(() => this.declaration.detach(this));
  }

  /** Sets the metric to what it was when it was made. The registry calls it. */
  resetAll(): void {
    this.declaration.kind.reset(this);
  }

  /** Samples exemplars in this way, unless it has its own. The registry calls it. */
  followExemplars(sampling: ExemplarSampling | undefined): void {
    this.declaration.followExemplars(sampling);
  }

  /** What is to be seen of it where it is printed. */
  inspected(): readonly [subject: string, shown: object] {
    const { value, count, sum } = this as { value?: unknown; count?: number; sum?: number };
    return [this.declaration.subject, count === undefined ? { value } : { count, sum }];
  }

  /** True once a callback was asked for the value. What was begun before then ends without setting it. */
  get isAsked(): boolean {
    return false;
  }

  /** Refuses what would set a value that a callback is asked for. */
  refuseWithCallback(method: string): never {
    throw new TypeError(
      `${this.declaration.subject}: ${method}() called where a callback gives the value, expected setFunction() for another one, got ${method}()`,
    );
  }

  /** Refuses to be asked for a child. For users of plain JavaScript; the types do not have it. */
  protected labels(): never {
    throw new TypeError(
      `${this.declaration.subject}: labels() called on a metric without labels, expected the metric itself, got labels()`,
    );
  }

  /**
   * Calls `begin`, then what is given, and what `begin` returned when that has ended: a function at
   * once; an async iterable, and a generator that a function returns, when somebody goes through it.
   *
   * @param takeBack - Takes back what `begin` did, where a function turns out to be for later.
   */
  protected during(call: string, given: unknown, begin: () => End, takeBack?: () => void): unknown {
    if (typeof given === 'function') return runUntilEnd(given as () => unknown, begin, takeBack);
    if (isAsyncIterable(given)) return watched(given, begin);
    throw new TypeError(
      `${this.declaration.subject}: ${call} refused, expected a function or an async iterable, got ${show(given)}`,
    );
  }

  /** Refuses what cannot be called, before anything is measured or counted. */
  protected requireFunction(call: string, given: unknown): void {
    if (typeof given === 'function') return;
    throw new TypeError(
      `${this.declaration.subject}: ${call} refused, expected a function, got ${show(given)}`,
    );
  }

  /**
   * Refuses what is no options, such as a number that was meant for one of them, and unknown ones. Asked
   * where none was found that is known: going through right ones takes 9 ns (Node 24).
   */
  protected requireOptions(call: string, given: unknown, known: readonly string[]): void {
    if (typeof given === 'object' && given !== null) {
      for (const option in given) {
        // The subject is put together on the way to the error alone.
        if (!known.includes(option)) {
          refuseUnknown(this.declaration.subject, given, known, ` of ${call}`);
        }
      }
      return;
    }
    throw new TypeError(
      `${this.declaration.subject}: ${call} refused, expected an object of options, got ${show(given)}`,
    );
  }

  /** Refuses an amount or value: of the wrong type, or out of range. Only ever throws. */
  protected refuse(call: string, expected: string, value: unknown): never {
    refuseValue(`${this.declaration.subject}: ${call} refused`, expected, value);
  }
}

/** A child with a field for its declaration, as most have it. */
export abstract class Child extends AnyChild {
  readonly #declaration: Declaration;

  constructor(declaration: Declaration) {
    super();
    this.#declaration = declaration;
  }

  protected get declaration(): Declaration {
    return this.#declaration;
  }
}

/** The walk through a metric without labels. */
class ChildWalk implements Walk {
  readonly #child: AnyChild;
  readonly #declaration: Declaration;
  readonly #writer: FamilyWriter;

  constructor(child: AnyChild, declaration: Declaration, writer: FamilyWriter) {
    this.#child = child;
    this.#declaration = declaration;
    this.#writer = writer;
  }

  advance(): boolean {
    this.#declaration.kind.write(this.#child, this.#writer);
    return true;
  }

  close(): void {}
}
