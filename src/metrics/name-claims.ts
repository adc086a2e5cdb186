/** Who has which names of an exposition. */

import { MetricsError, show } from '../model/error.ts';
import type { Collector, FamilyHeader } from '../model/family.ts';
import { claimedNames, isMetricType } from '../model/name.ts';
import { nameOf } from './collection-run.ts';

/** What is known of a family before it is collected. */
type Described = Pick<FamilyHeader, 'name' | 'type'>;

/** A name is taken. Carries the collector that has it, for programs that load their modules anew. */
export class AlreadyRegisteredError extends MetricsError {
  /** The collector that was registered first. */
  readonly existing: Collector;

  /** Made by registries. */
  constructor(message: string, existing: Collector) {
    super('ALREADY_REGISTERED', message);
    this.name = 'AlreadyRegisteredError';
    this.existing = existing;
  }
}

/** The names of one registry. */
export class NameClaims {
  readonly #owners = new Map<string, Collector>();

  /** All names that somebody has. */
  get names(): readonly string[] {
    return [...this.#owners.keys()];
  }

  /** Whoever has the name. */
  ownerOf(name: string): Collector | undefined {
    return this.#owners.get(name);
  }

  /**
   * Claims every name that the lines of these families may bear, all or none, and returns them.
   *
   * @throws {TypeError} When a family is of an unknown type.
   * @throws {AlreadyRegisteredError} When somebody has one of the names.
   */
  claim(collector: Collector, families: readonly Described[]): readonly string[] {
    for (const { name, type } of families) {
      if (isMetricType(type)) continue;
      throw new TypeError(
        `collector ${show(name)}: described by an unknown type, expected a MetricType, got ${show(type)}`,
      );
    }
    const names = families.flatMap(claimedNames);
    for (const name of names) {
      const owner = this.#owners.get(name);
      if (owner !== undefined) this.refuse(collector, families, owner);
    }
    for (const name of names) this.#owners.set(name, collector);
    return names;
  }

  /** Gives names back. */
  release(names: readonly string[]): void {
    for (const name of names) this.#owners.delete(name);
  }

  /** Refuses a collector for the sake of another one, or of itself. */
  refuse(collector: Collector, families: readonly Described[], owner: Collector): never {
    const type = families[0]?.type ?? 'collector';
    const taken = families.flatMap(claimedNames).find((name) => this.#owners.has(name));
    const got =
      taken === undefined
        ? 'it again'
        : `${show(taken)}, see registry.get(), of "${nameOf(owner)}"`;
    throw new AlreadyRegisteredError(
      `${type} "${nameOf(collector)}": already registered, expected a free name, got ${got}`,
      owner,
    );
  }
}
