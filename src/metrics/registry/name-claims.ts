/** Who has which names of an exposition. */

import { MetricsError, show } from '../../model/error.ts';
import type { Collector } from '../../model/family.ts';
import type { Pair, Pairs } from '../../model/labels.ts';
import { claimedNames, isMetricType } from '../../model/name.ts';
import { nameOf } from '../collection/collector-calls.ts';
import { areSiblings, type Described } from './family-group.ts';

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
  readonly #owners = new Map<string, readonly Collector[]>();

  /** All names that somebody has. */
  get names(): readonly string[] {
    return [...this.#owners.keys()];
  }

  /** Whoever has the name; several where their constant labels tell them apart. */
  ownersOf(name: string): readonly Collector[] {
    return this.#owners.get(name) ?? [];
  }

  /** The first of those that have the name, or the first that carries these labels. */
  ownerOf(name: string, labels: Pairs = []): Collector | undefined {
    const owners = this.ownersOf(name);
    if (owners.length < 2) return owners[0];
    return owners.find((owner) => labels.every((pair) => carries(owner, pair)));
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
      const owner = this.ownersOf(name).find((owner) => !mayShare(owner, families));
      if (owner !== undefined) this.refuse(collector, families, owner);
    }
    for (const name of names) this.#owners.set(name, [...this.ownersOf(name), collector]);
    return names;
  }

  /** Gives names back. */
  release(collector: Collector, names: readonly string[]): void {
    for (const name of names) {
      const others = this.ownersOf(name).filter((owner) => owner !== collector);
      if (others.length > 0) this.#owners.set(name, others);
      else this.#owners.delete(name);
    }
  }

  /** Refuses a collector for the sake of another one, or of itself. */
  refuse(collector: Collector, families: readonly Described[], owner: Collector): never {
    const type = families[0]?.type ?? 'collector';
    const taken = families.flatMap(claimedNames).find((name) => this.#owners.has(name));
    const got =
      taken === undefined
        ? 'it again'
        : `${show(taken)}, a name of "${nameOf(owner)}", which registry.get() returns`;
    throw new AlreadyRegisteredError(
      `${type} "${nameOf(collector)}": already registered, expected a free name, got ${got}`,
      owner,
    );
  }
}

/** True when the owner's family and the only one of `families` are one but for constant labels. */
function mayShare(owner: Collector, families: readonly Described[]): boolean {
  const [family, ...others] = families;
  const [owned, ...more] = owner.describe?.() ?? [];
  if (family === undefined || owned === undefined) return false;
  return others.length === 0 && more.length === 0 && areSiblings(owned, family);
}

function carries(owner: Collector, [name, value]: Pair): boolean {
  const [family] = (owner.describe?.() ?? []) as Iterable<Described>;
  return family?.constantLabels?.some((pair) => pair[0] === name && pair[1] === value) ?? false;
}
