/**
 * Has registries publish what must be asked for, such as callbacks and collectors, so that whoever
 * answers the next scrape shows this process as it was a few seconds ago, and not at its last scrape.
 */

import type { Publishing } from '../../storage/publication.ts';
import { onWayOut } from '../system/way-out.ts';

/** The longest wait for the first time: until then, a new process shows zeros. */
const FIRST_MS = 1000;

/** How registries are asked. */
export interface PublisherOptions {
  /** How often. */
  readonly intervalMs: number;
  /** Writes what they gave to where others read it. */
  readonly flush: () => void;
}

/** Asks registries at an interval and on the way out. Keeps no program alive. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #registries = new Set<Publishing>();
  #timer: NodeJS.Timeout | undefined;
  #callOff: (() => void) | undefined;
  #stopped = false;

  /** Nobody is asked yet, and there is no timer. */
  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Asks this registry as well from now on. */
  attach(registry: Publishing): void {
    if (this.#stopped) return;
    this.#registries.add(registry);
    if (this.#callOff !== undefined) return;
    this.#callOff = onWayOut(() => this.#publishLast());
    // The first timer of a process is slow to make, and does not fire before the next turn anyway.
    setImmediate(() => this.#begin());
  }

  /** Asks now, beside the interval. Resolves when all have answered and others can read it. Never rejects. */
  async publishNow(): Promise<void> {
    await Promise.all(Array.from(this.#registries, (registry) => registry.publish()));
    this.#options.flush();
  }

  /** Asks for the last time, and lets go of the registries. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    // Of a timeout and of an interval alike.
    clearTimeout(this.#timer);
    this.#callOff?.();
    this.#publishLast();
    this.#registries.clear();
  }

  #begin(): void {
    if (this.#stopped) return;
    const { intervalMs } = this.#options;
    const publish = (): void => {
      for (const registry of this.#registries) void registry.publish();
    };
    this.#timer = setTimeout(
      () => {
        publish();
        this.#timer = setInterval(publish, intervalMs).unref();
      },
      Math.min(FIRST_MS, intervalMs),
    ).unref();
  }

  #publishLast(): void {
    if (this.#registries.size === 0) return;
    for (const registry of this.#registries) registry.publishLast();
    this.#options.flush();
  }
}
