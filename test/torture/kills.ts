/**
 * The torture by kills: processes count what they acknowledge, are killed with SIGKILL at random moments
 * and replaced, while two readers scrape without pause. In the end every number is where it must be.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type MapperChoice, openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import { Random } from '../fuzz/random.ts';
import { type Ending, temporaryFolder } from '../processes/temporary-folder.ts';
import { bundled } from './bundled.ts';
import { Ledger } from './ledger.ts';
import { ALL_NUMBERS, StrictScraper } from './strict-scrape.ts';
import { BATCH } from './workload.ts';

/** How much, and by which chance. */
export interface KillsOptions {
  readonly mapper: MapperChoice;
  /** Processes at a time. */
  readonly processes: number;
  /** Processes that are killed, in all, at least. */
  readonly kills: number;
  /** Scrapes meanwhile, at least: on a busy machine it takes more kills than asked for. */
  readonly scrapes: number;
  /** Decides what is counted and when is killed; the machine decides the rest. */
  readonly seed: number;
}

/** What came of it. */
export interface KillsReport {
  readonly kills: number;
  /** Those that had not acknowledged anything yet: killed while they started. */
  readonly early: number;
  readonly scrapes: number;
  /** Operations that were acknowledged. */
  readonly operations: number;
  /** Files that are left in the directory: what the dead left is folded together on the way. */
  readonly files: number;
  /** Numbers that are not what they must be, as sentences. */
  readonly wrong: readonly string[];
  /** The last exposition, in both formats. */
  readonly documents: { readonly text: string; readonly openmetrics: string };
}

/** A process starts in about 60 ms here; one in six is killed before it counts, or as it begins to. */
const START_MS = 150;
const EARLY_ONE_IN = 6;
/** After how many acknowledgements the others are killed, at the most. */
const BATCHES = 30;

/** When a process is killed, whichever comes first. */
interface Death {
  readonly afterMs: number;
  readonly afterBatches: number;
}

function chooseDeath(random: Random): Death {
  if (random.once(EARLY_ONE_IN)) return { afterMs: random.below(START_MS), afterBatches: Infinity };
  return { afterMs: Infinity, afterBatches: 1 + random.below(BATCHES) };
}

/** Keeps processes running, each until its death, and takes down what they had acknowledged. */
class Victims {
  readonly ledger = new Ledger();
  begun = 0;
  early = 0;
  readonly #options: KillsOptions;
  readonly #args: readonly string[];
  readonly #random: Random;
  readonly #running = new Set<ChildProcess>();
  readonly #isWatched: () => boolean;
  #isStopped = false;

  /**
   * `args` are the script and what it is told before its seed. There is no end before `isWatched()`.
   */
  constructor(options: KillsOptions, args: readonly string[], isWatched: () => boolean) {
    this.#options = options;
    this.#args = args;
    this.#isWatched = isWatched;
    this.#random = new Random(options.seed);
  }

  /** Starts and kills until there were enough. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.processes }, () => this.#keepOne()));
  }

  /** Kills those that run, and starts no more. */
  stop(): void {
    this.#isStopped = true;
    for (const child of this.#running) child.kill('SIGKILL');
  }

  async #keepOne(): Promise<void> {
    while (!this.#isStopped && !this.#isEnough()) {
      const seed = this.#options.seed + ++this.begun;
      const batches = await this.#runToDeath(seed, chooseDeath(this.#random));
      if (batches === 0) this.early++;
      this.ledger.enter(seed, batches);
    }
  }

  #isEnough(): boolean {
    return this.begun >= this.#options.kills && this.#isWatched();
  }

  /** Runs one process, and returns how many batches it had acknowledged. */
  async #runToDeath(seed: number, { afterMs, afterBatches }: Death): Promise<number> {
    const args = [...this.#args, String(seed)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#running.add(child);
    const closed = once(child, 'close') as Promise<[number | null, string | null]>;
    const kill = (): void => void child.kill('SIGKILL');
    const timer = afterMs === Infinity ? undefined : setTimeout(kill, afterMs);
    let acknowledged = 0;
    let left = '';
    // All that it wrote arrives before `close`, also what it wrote just before it was killed.
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      const lines = (left + text).split('\n');
      left = lines.pop()!;
      acknowledged = Number(lines.at(-1) ?? acknowledged);
      if (acknowledged >= afterBatches) kill();
    });
    const [code, signal] = await closed;
    clearTimeout(timer);
    this.#running.delete(child);
    if (signal === 'SIGKILL') return acknowledged;
    throw new Error(
      `torture: a process ended by itself, expected to kill it, got ${code ?? signal}`,
    );
  }
}

/** Tortures a directory of its own. Throws where a scrape on the way is not as it must be. */
export async function tortureByKills(context: Ending, options: KillsOptions): Promise<KillsReport> {
  const { mapper } = options;
  const directory = temporaryFolder(context);
  const open = (readOnly: boolean): StrictScraper => {
    const storage = openMultiprocessStorage({ directory, mapper, readOnly });
    context.after(() => storage.close());
    return new StrictScraper(storage);
  };
  const script = bundled(context, new URL('tortured-process.ts', import.meta.url));
  // One that takes part, as any process of the service does, and one that only looks.
  const readers = [open(false), open(true)];
  const scrapes = (): number => readers.reduce((sum, reader) => sum + reader.scrapes, 0);
  const isWatched = (): boolean => scrapes() >= options.scrapes;
  const victims = new Victims(options, [script, directory, mapper], isWatched);
  const deaths = victims.run();
  const isOver = deaths.then(() => true);
  try {
    while (!(await Promise.race([isOver, delay(1, false)]))) {
      for (const reader of readers) await reader.scrape();
    }
  } finally {
    victims.stop();
    await Promise.allSettled([deaths]);
  }
  const { begun: kills, early, ledger } = victims;
  return {
    kills,
    early,
    scrapes: scrapes(),
    operations: ledger.operations,
    files: readdirSync(directory).length,
    wrong: await judge([...readers, open(true)], ledger),
    documents: await readers[0]!.documents(),
  };
}

/** Holds the last scrape of each reader against the ledger. */
async function judge(readers: readonly StrictScraper[], ledger: Ledger): Promise<string[]> {
  const wrong: string[] = [];
  for (const reader of readers) {
    const numbers = await reader.scrape(ALL_NUMBERS);
    for (const key of new Set([...ledger.keys, ...numbers.keys()])) {
      const { least, most } = ledger.boundsOf(key);
      // What is not shown was not counted.
      const value = numbers.get(key) ?? 0;
      if (value >= least && value <= most) continue;
      wrong.push(`${key}: expected ${least} to ${most}, got ${numbers.get(key)}`);
    }
  }
  return wrong;
}

/** What a run came to, for people. */
export function toSentence(report: KillsReport, { seed, mapper }: KillsOptions): string {
  const { kills, early, scrapes, operations, files, wrong } = report;
  return (
    `seed ${seed}, ${mapper}: ${kills} processes killed, ${early} of them before they counted, ` +
    `${operations} operations acknowledged in batches of ${BATCH}, ${scrapes} scrapes, ${files} files left, ${wrong.length} numbers wrong`
  );
}
