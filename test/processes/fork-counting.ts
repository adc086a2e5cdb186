/** Starts processes that count, for tests, and makes sure that none outlives its test. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MapperChoice } from '../../src/multiprocess/mapping/mapper-choice.ts';
import type { Order } from './counting-process.ts';
import type { Ending } from './temporary-folder.ts';

const SCRIPT = fileURLToPath(new URL('counting-process.ts', import.meta.url));

/** A process that counts. */
export class CountingProcess {
  readonly #child: ChildProcess;

  /** Use {@linkcode forkCounting}. */
  constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid!;
  }

  /** Has it count, and waits until it says that it has. */
  async count(path: string, amount: number): Promise<void> {
    await this.#tell({ order: 'count', path, amount });
  }

  /** Has it count 1 for each of many paths, and waits until it says that it has. */
  async spread(paths: number): Promise<void> {
    await this.#tell({ order: 'spread', paths });
  }

  /** Has it set its gauge, and waits until it says that it has. */
  async set(value: number): Promise<void> {
    await this.#tell({ order: 'set', value });
  }

  /** Has it call `process.exit`, and waits until it is gone. */
  async exit(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.send({ order: 'exit' } satisfies Order);
    await gone;
  }

  /** Kills it with SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #tell(order: Order): Promise<void> {
    const answer = once(this.#child, 'message');
    this.#child.send(order);
    await answer;
  }
}

/** Where and how a process counts. */
export interface ForkOptions {
  readonly directory: string;
  readonly mapper: MapperChoice;
  /** The runtime's executable, this process's own unless given, and what goes before the script. */
  readonly command?: readonly [executable: string, ...args: string[]];
}

/** Starts a process that counts and waits until it is ready. */
export async function forkCounting(
  context: Ending,
  { directory, mapper, command = [process.execPath] }: ForkOptions,
): Promise<CountingProcess> {
  const [execPath, ...execArgv] = command;
  const child = fork(SCRIPT, [directory, mapper], { execPath, execArgv });
  const counting = new CountingProcess(child);
  context.after(() => counting.kill());
  await once(child, 'message');
  return counting;
}
