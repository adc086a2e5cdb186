/** What is registered in a registry, in that order, under which names, and how it is shown. */

import { MetricsError, show } from '../../model/error.ts';
import type { Collector } from '../../model/family.ts';
import type { Shown } from '../collection/collection-run.ts';
import { nameOf } from '../collection/collector-calls.ts';
import { FamilyGroup } from './family-group.ts';
import { NameClaims } from './name-claims.ts';

interface Registration {
  readonly names: readonly string[];
  readonly shown: Shown;
}

/** The collectors of one registry. */
export class Registrations {
  /** Who has which names. */
  readonly claims: NameClaims = new NameClaims();
  readonly #entries = new Map<Collector, Registration>();
  /** Those that stand for several metrics of one family, by its name. */
  readonly #groups = new Map<string, FamilyGroup>();

  /** All of them, in the order of registration. */
  get collectors(): readonly Collector[] {
    return [...this.#entries.keys()];
  }

  /**
   * Adds a collector.
   *
   * @param registry - Where: it must not be among what the collector collects.
   * @throws {TypeError} When it is none, would collect the registry, or describes an unknown type.
   * @throws {AlreadyRegisteredError} When one of its names is taken.
   */
  add(registry: Collector, shown: Shown): void {
    const { collector, relabelling } = shown;
    // Its scrape would begin another one of itself, without end.
    if (reaches(collector, registry)) {
      throw new TypeError(
        'registry "register": a registry in itself, expected another collector, got the registry',
      );
    }
    const families = [...(collector.describe?.() ?? [])].map((family) =>
      relabelling === undefined
        ? family
        : { name: relabelling.prefix + family.name, type: family.type },
    );
    if (this.#entries.has(collector)) this.claims.refuse(collector, families, collector);
    const names = this.claims.claim(collector, families);
    this.#entries.set(collector, { names, shown });
    this.#regroup(names[0]);
  }

  /**
   * Removes a collector and returns how it was shown.
   *
   * @throws {TypeError} When it is none.
   * @throws {MetricsError} With code `NOT_REGISTERED` when it is not there.
   */
  delete(collector: Collector): Shown {
    // What `get()` found, most often, and it may have found nothing.
    requireCollector(collector, 'unregister');
    const registration = this.#entries.get(collector);
    if (registration === undefined) {
      throw new MetricsError(
        'NOT_REGISTERED',
        `registry "unregister": unknown collector, expected a registered one, got ${nameOf(collector)}`,
      );
    }
    const { names, shown } = registration;
    this.#entries.delete(collector);
    this.claims.release(collector, names);
    this.#regroup(names[0]);
    return shown;
  }

  /**
   * What a scrape has to collect: each family once, or those that bear a name in `wanted` and those
   * whose names nobody knows.
   *
   * @param isShared - True where the storage shows the instruments' families.
   */
  shown(isShared: boolean, wanted?: ReadonlySet<string>): Shown[] {
    const all: Shown[] = [];
    const hasGroups = this.#groups.size > 0;
    for (const { names, shown } of this.#entries.values()) {
      const isWanted = wanted === undefined || names.some((name) => wanted.has(name));
      if (!isWanted && names.length > 0) continue;
      // Where their families are the storage's, it is the storage that shows them as one.
      const isGrouped = hasGroups && !(isShared && (shown.isKept || shown.mode !== undefined));
      const group = isGrouped ? this.#groups.get(names[0] ?? '') : undefined;
      if (group === undefined) all.push(shown);
      else if (this.claims.ownerOf(names[0]!) === shown.collector) {
        all.push({ collector: group, ...AS_IT_IS });
      }
    }
    return all;
  }

  /** Whoever shows the families of this name in a scrape. */
  ownerOf(name: string): Collector | undefined {
    const owner = this.claims.ownerOf(name);
    if (this.#groups.size === 0) return owner;
    const family = owner === undefined ? undefined : this.#entries.get(owner)?.names[0];
    return (family === undefined ? undefined : this.#groups.get(family)) ?? owner;
  }

  #regroup(name: string | undefined): void {
    if (name === undefined) return;
    const members = this.claims.ownersOf(name);
    if (members.length < 2) this.#groups.delete(name);
    else this.#groups.set(name, new FamilyGroup(name, members));
  }
}

const AS_IT_IS = { isKept: false, relabelling: undefined, mode: undefined } as const;

/** Refuses what cannot collect. */
export function requireCollector(collector: unknown, call: 'register' | 'unregister'): void {
  if (typeof (collector as Partial<Collector> | null)?.collect === 'function') return;
  throw new TypeError(
    `registry "${call}": no collector, expected an object with collect(), got ${show(collector)}`,
  );
}

/** True when a scrape of `collector` would begin one of `registry`, as far as that can be seen. */
function reaches(collector: Collector, registry: Collector): boolean {
  if (collector === registry) return true;
  // Asked by property and not by class: it may be a registry of another copy of this package.
  const { collectors } = collector as { readonly collectors?: readonly Collector[] };
  return Array.isArray(collectors) && collectors.some((inner) => reaches(inner, registry));
}
