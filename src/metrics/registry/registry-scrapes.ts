/**
 * What scrapes of a registry show: what it says of the program, the families of what is registered, those
 * of other processes where the storage has any, and what went wrong. Who has which name, and what a
 * program sets, is the registry's.
 */

import type { MetricsError } from '../../model/error.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import type { Storage } from '../../storage/storage.ts';
import { CollectionRun } from '../collection/collection-run.ts';
import { CollectorCalls } from '../collection/collector-calls.ts';
import { restrict } from '../collection/restricted.ts';
import type { InstrumentRegistry } from './instrument-registry.ts';
import type { Registrations } from './registrations.ts';
import { RegistryPublication } from './registry-publication.ts';
import { RegistryReport } from './registry-report.ts';
import type { Target } from './target.ts';

/** What scrapes need of their registry. */
export interface RegistryScrapesOptions {
  readonly registry: Pick<InstrumentRegistry, 'clock' | 'constantLabels' | 'storage'> & Collector;
  readonly registered: Registrations;
  /** Where metrics keep their numbers; nothing as long as that is not decided. */
  readonly storageInUse: () => Storage | undefined;
  /** How long a collector may take. */
  readonly timeoutMs: number;
  /** Told of what fails; the console where there is none. */
  readonly onError: ((error: MetricsError) => void) | undefined;
}

/** All scrapes of one registry. */
export class RegistryScrapes {
  /** Counts and says what went wrong. */
  readonly report: RegistryReport;
  /** What the registry says of the program, before everything else. */
  target: Target | undefined;
  readonly #options: RegistryScrapesOptions;
  readonly #calls: CollectorCalls;
  #publication: RegistryPublication | undefined;

  constructor(options: RegistryScrapesOptions) {
    const { registry, timeoutMs, onError } = options;
    const { clock, constantLabels } = registry;
    this.#options = options;
    this.report = new RegistryReport({
      storage: () => registry.storage,
      clock,
      constantLabels,
      timeoutMs,
      onError,
    });
    this.#calls = new CollectorCalls({
      clock,
      timeoutMs,
      onFailure: (collector, reason, cause) => this.report.failed(collector, reason, cause),
    });
  }

  /** One scrape: of everything, or of what may bear one of the names in `wanted`. Never throws. */
  families(wanted?: ReadonlySet<string>): AsyncGenerator<MetricFamily> {
    const { registered } = this.#options;
    const shared = this.share();
    return new CollectionRun({
      collectors: registered.shown(shared !== undefined, wanted),
      first: this.target,
      ownerOf: (name) => registered.ownerOf(name),
      shared,
      last: () => this.report.counters,
      calls: this.#calls,
    }).families();
  }

  /** A collector that shows what bears one of these names, and nothing else. */
  restrictedTo(names: readonly string[]): Collector {
    const wanted = new Set(names);
    // So that a registry sees that this is a part of itself.
    const collectors = [this.#options.registry];
    const collect = () => restrict(this.families(wanted), wanted);
    return { collectors, collect } as Collector;
  }

  /** Has the storage ask this registry, where other processes read it. */
  share(): RegistryPublication | undefined {
    const { registered, storageInUse } = this.#options;
    const storage = storageInUse();
    if (storage?.collect === undefined) return undefined;
    if (this.#publication !== undefined) return this.#publication;
    const target = (): Target | undefined => this.target;
    this.#publication = new RegistryPublication({
      storage,
      calls: this.#calls,
      registered,
      target,
    });
    storage.attach?.(this.#publication);
    return this.#publication;
  }

  /** Takes back from other processes what a collector said that is not registered any more. */
  withdraw(collector: Collector): void {
    this.#publication?.withdraw(collector);
  }
}
