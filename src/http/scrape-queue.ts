/**
 * How many scrapes run at once. The others wait for their turn in the order they came, and those for
 * whom there is no room are refused, so that a crowd of scrapers costs no more than a few of them.
 *
 * Scrapes do not share one rendering: who reads slowly would hold up all others, or their bytes
 * would have to be kept, which is what nobody who scrapes is to cost.
 */

import { type Clock, SYSTEM_CLOCK } from '../metrics/timing/clock.ts';

/** How many scrapes there may be. */
export interface ScrapeLimits {
  /**
   * Scrapes that collect and render at once; others wait for their turn. 4 unless given. A client that
   * does not read for a second, while others wait, lends them its place.
   */
  readonly maxConcurrentScrapes?: number;
  /**
   * Scrapes that wait for their turn or for a slow client. One more is answered with status 503, unless
   * there is one whose client has not read for ten seconds: that one is cut off. 32 unless given.
   */
  readonly maxQueuedScrapes?: number;
}

/** Seconds without reading after which a client's place is for those who wait. */
const LEND_AFTER = 1;

/** Seconds without reading after which a client is cut off where there is no room: Prometheus waits as long. */
const CUT_AFTER = 10;

/** A scrape that has been let in. */
export interface QueuedScrape {
  /** Resolves to true when its turn has come, and to false when it left before that. */
  readonly turn: Promise<boolean>;
  /** Says that it now waits for its client to read. */
  stall(): void;
  /** Says that its client has read. */
  resume(): void;
  /** Gives back its place. May be called again. */
  leave(): void;
}

/** The scrapes of one handler. */
export class ScrapeQueue {
  readonly #maxRunning: number;
  readonly #maxOpen: number;
  readonly #clock: Clock;
  /** Those that wait for their turn, in the order they came. */
  readonly #waiting = new Set<Entry>();
  /** Those whose turn has come. */
  readonly #begun = new Set<Entry>();
  /** How many of those have a place: all but the ones that have lent it. */
  #running = 0;
  #isWatching = false;

  /** Makes a queue without anybody in it. */
  constructor(limits: Required<ScrapeLimits>, clock: Clock = SYSTEM_CLOCK) {
    this.#maxRunning = limits.maxConcurrentScrapes;
    this.#maxOpen = limits.maxConcurrentScrapes + limits.maxQueuedScrapes;
    this.#clock = clock;
  }

  /**
   * Lets a scrape in, or returns `undefined` where there is no room.
   *
   * @param cut - Ends the scrape. Called at most once, where its place is needed and nobody reads.
   */
  enter(cut: () => void): QueuedScrape | undefined {
    if (this.#waiting.size + this.#begun.size >= this.#maxOpen && !this.#makeRoom()) {
      return undefined;
    }
    const entry = new Entry(this.#clock, cut, (left) => this.#leave(left));
    this.#waiting.add(entry);
    this.#advance();
    this.#watch();
    return entry;
  }

  #leave(entry: Entry): void {
    this.#waiting.delete(entry);
    this.#begun.delete(entry);
    if (entry.hasPlace) this.#running--;
    this.#advance();
  }

  /** Gives the free places to those who have waited longest. */
  #advance(): void {
    for (const entry of this.#waiting) {
      if (this.#running >= this.#maxRunning) return;
      this.#running++;
      this.#waiting.delete(entry);
      this.#begun.add(entry);
      entry.begin();
    }
  }

  /** Looks after the slow ones, for as long as somebody waits. */
  #watch(): void {
    if (this.#isWatching || this.#waiting.size === 0) return;
    this.#isWatching = true;
    // In the background: whoever waits has a connection, which keeps the process alive.
    this.#clock.after(
      LEND_AFTER / 2,
      () => {
        this.#isWatching = false;
        this.#lend();
        this.#advance();
        this.#watch();
      },
      true,
    );
  }

  /** Takes the places of those whose clients do not read. They go on without one when these do. */
  #lend(): void {
    for (const entry of this.#begun) {
      if (!entry.hasPlace || entry.stalledSeconds < LEND_AFTER) continue;
      entry.hasPlace = false;
      this.#running--;
    }
  }

  /** Cuts off the client that has not read for longest, if that is long enough. */
  #makeRoom(): boolean {
    let slowest: Entry | undefined;
    for (const entry of this.#begun) {
      if (entry.stalledSeconds > (slowest?.stalledSeconds ?? 0)) slowest = entry;
    }
    if (slowest === undefined || slowest.stalledSeconds < CUT_AFTER) return false;
    slowest.leave();
    slowest.cut();
    return true;
  }
}

class Entry implements QueuedScrape {
  readonly turn: Promise<boolean>;
  readonly cut: () => void;
  hasPlace = false;
  readonly #clock: Clock;
  readonly #left: (entry: Entry) => void;
  #settle!: (hasTurn: boolean) => void;
  #stalledAt: number | undefined;
  #isGone = false;

  constructor(clock: Clock, cut: () => void, left: (entry: Entry) => void) {
    this.cut = cut;
    this.#clock = clock;
    this.#left = left;
    this.turn = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** How long its client has not read by now; 0 where that is not what it waits for. */
  get stalledSeconds(): number {
    return this.#stalledAt === undefined ? 0 : this.#clock.elapsed() - this.#stalledAt;
  }

  begin(): void {
    this.hasPlace = true;
    this.#settle(true);
  }

  stall(): void {
    this.#stalledAt = this.#clock.elapsed();
  }

  resume(): void {
    this.#stalledAt = undefined;
  }

  leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#settle(false);
    this.#left(this);
  }
}
