/**
 * What a registry shows through a storage that other processes read: it asks callbacks and collectors
 * for each scrape, at an interval and on the way out, and puts what they say where it is read.
 */

import type { Collector, Families, MetricFamily } from '../../model/family.ts';
import { claimedNames } from '../../model/name.ts';
import type { CollectedFamilies, Publishing } from '../../storage/publication.ts';
import type { Storage } from '../../storage/storage.ts';
import { onceRefreshed, type SharedPart, type Shown } from '../collection/collection-run.ts';
import {
  type CollectorCalls,
  isAsync,
  nameOf,
  type Result,
} from '../collection/collector-calls.ts';
import { StorageReading } from '../collection/storage-reading.ts';
import type { Registrations } from './registrations.ts';

/** What a publication needs of its registry. */
export interface RegistryPublicationOptions {
  /** The storage, which other processes read. */
  readonly storage: Storage;
  readonly calls: CollectorCalls;
  readonly registered: Registrations;
  /** What the registry says of the program. */
  readonly target: () => Collector | undefined;
}

/** One registry's part in a shared storage. */
export class RegistryPublication implements Publishing, SharedPart {
  #reading: StorageReading | undefined;
  readonly #options: RegistryPublicationOptions;
  /** From the first answer of a collector of the process on. */
  #collected: CollectedFamilies | undefined;
  /** Those whose last answer is published. */
  #published = new Set<Collector>();

  /** Nothing is published yet, and nobody calls: that is the storage's to do. */
  constructor(options: RegistryPublicationOptions) {
    this.#options = options;
  }

  /** {@inheritDoc SharedPart.read} */
  read(): Promise<Result> {
    const { storage, calls } = this.#options;
    this.#reading ??= new StorageReading(storage, calls);
    return this.#reading.read();
  }

  /** {@inheritDoc SharedPart.ask} */
  async ask(shown: Shown, inBackground = false): Promise<Result> {
    const { collector, isKept } = shown;
    const call = (): Families => (isKept ? onceRefreshed(collector) : collector.collect());
    const result = await this.#options.calls.start(collector, call, inBackground);
    return isKept ? result : this.#keep(shown, result);
  }

  /** {@inheritDoc Publishing.publish} */
  async publish(): Promise<void> {
    const shown = this.#options.registered.shown(true);
    this.#retain(shown);
    this.#publishTarget();
    await Promise.all(
      shown.map(async (one) => {
        // Whoever has not answered yet is not asked again meanwhile.
        if (this.#options.calls.isWaiting(one.collector)) return;
        const { collector, families } = await this.ask(one, true);
        if (!one.isKept) this.#publish(collector, families);
      }),
    );
  }

  /** {@inheritDoc Publishing.publishLast} */
  publishLast(): void {
    for (const shown of this.#options.registered.shown(true)) {
      const { collector, isKept, mode } = shown;
      // What is the service's is not shown of a process that is gone.
      const isService = !isKept && mode === undefined;
      if (isService || this.#options.calls.isWaiting(collector)) continue;
      try {
        const families = isKept ? onceRefreshed(collector) : collector.collect();
        if (!isAsync(families)) this.#keep(shown, { collector, families: [...families] });
        else if ('catch' in families) families.catch(() => {});
      } catch (cause) {
        this.#options.calls.fail(collector, 'throw', cause);
      }
    }
  }

  /** Takes out what was published of a collector that is not registered any more. */
  withdraw(collector: Collector): void {
    this.#collected?.withdraw(collector);
    this.#publish(collector, []);
  }

  #keep({ collector, relabelling, mode }: Shown, asked: Result): Result {
    const { calls, storage } = this.#options;
    if (asked.failed) return asked;
    this.#collected ??= storage.collected?.();
    const collected = this.#collected;
    const result = relabelling === undefined ? asked : calls.relabelled(relabelling, asked);
    if (mode === undefined || collected === undefined || result.failed) return result;
    const own = result.families.filter((family) => {
      const isOwn = claimedNames(family).every((name) => !this.#isTaken(name, collector));
      if (!isOwn) calls.fail(collector, 'duplicate', family.name);
      return isOwn;
    });
    try {
      return { collector, families: collected.put(collector, own, mode) };
    } catch (cause) {
      return calls.fail(collector, 'throw', cause);
    }
  }

  #isTaken(name: string, collector: Collector): boolean {
    const owners = this.#options.registered.claims.ownersOf(name);
    if (owners.length > 0) return !owners.includes(collector);
    return this.#collected?.isTaken(name, collector) === true;
  }

  /** An answer without families takes the last one back, one that failed as well. */
  #publish(collector: Collector, families: readonly MetricFamily[]): void {
    if (families.length === 0 && !this.#published.delete(collector)) return;
    if (families.length > 0) this.#published.add(collector);
    this.#options.storage.publish?.(collector, nameOf(collector), families);
  }

  #publishTarget(): void {
    const target = this.#options.target();
    if (target !== undefined) this.#publish(target, [...(target.collect() as MetricFamily[])]);
  }

  /** Takes back what is nobody's any more: of a target, and of a group of metrics that changed. */
  #retain(shown: readonly Shown[]): void {
    const collectors = new Set(shown.map(({ collector }) => collector));
    const target = this.#options.target();
    for (const collector of this.#published) {
      if (!collectors.has(collector) && collector !== target) this.#publish(collector, []);
    }
  }
}
