/** Starts members of services, for tests, on the runtimes that the library is for. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { Ending as TestEnding } from '../processes/temporary-folder.ts';
import { type RuntimeName, runtimeCommand } from '../setup/runtimes.ts';
import type { Answer, Ending, Message, Order, Who } from './member.ts';

/** A way to run members: on which runtime, and by which mapper. */
export interface Way {
  readonly runtime: RuntimeName;
  /** What maps, or `write-behind`. `auto` leaves it to the library, told by the environment alone. */
  readonly mapper: 'auto' | 'node-ffi' | 'write-behind';
}

/** A member of a service: a process that the test has started, or one that a member has. */
export class Member implements Who {
  readonly pid: number;
  readonly process: string;
  readonly #link: Link;
  readonly #route: readonly string[];

  constructor(link: Link, route: readonly string[], who: Who) {
    this.#link = link;
    this.#route = route;
    this.pid = who.pid;
    this.process = who.process;
  }

  /** Has it follow an order. */
  tell(order: Order): Promise<unknown> {
    return this.#link.tell(this.#route, order);
  }

  /** Makes a metric in it. */
  async metric(
    kind: (Order & { do: 'metric' })['kind'],
    options: (Order & { do: 'metric' })['options'],
  ): Promise<void> {
    await this.tell({ do: 'metric', kind, options: { help: 'Of a test.', ...options } });
  }

  /** Calls a method of one of its metrics. */
  async call(name: string, method: string, ...args: readonly unknown[]): Promise<void> {
    await this.tell({ do: 'call', name, method, args });
  }

  /** The samples that it shows, of the families whose names begin with `prefix`. */
  async show(prefix: string): Promise<string[]> {
    const text = (await this.tell({ do: 'show' })) as string;
    return text.split('\n').filter((line) => line.startsWith(prefix));
  }

  /** Has it start another one. */
  async start(as: 'thread' | 'process', name: string): Promise<Member> {
    const who = (await this.tell({ do: 'start', as, name })) as Who;
    return new Member(this.#link, [...this.#route, name], who);
  }

  /** Has it bring another one to an end, and waits until that is gone. */
  async end(name: string, how: Ending): Promise<void> {
    await this.tell({ do: 'end', name, how });
  }

  /** Kills its process with SIGKILL, and waits until it is gone. */
  kill(): Promise<void> {
    return this.#link.kill();
  }
}

/** The line to a process that the test has started. */
class Link {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (answer: Answer) => {
      this.#waiting.get(answer.number)?.(answer);
      this.#waiting.delete(answer.number);
    });
    child.on('exit', (code, signal) => {
      const error = `is gone, expected an answer, got ${code ?? signal}`;
      for (const [number, answer] of this.#waiting) answer({ number, error });
    });
  }

  async tell(route: readonly string[], order: Order): Promise<unknown> {
    const number = ++this.#last;
    const answering = new Promise<Answer>((resolve) => this.#waiting.set(number, resolve));
    this.#child.send({ number, route, order } satisfies Message);
    const { value, error } = await answering;
    if (error !== undefined) throw new Error(`member "${order.do}": ${error}`);
    return value;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

/** What is started. */
export interface StartOptions {
  /** The script of members. */
  readonly script: string;
  /** Where the service counts. */
  readonly directory: string;
  readonly way: Way;
  /** A command that runs the one that follows it, such as one that makes a container around it. */
  readonly within?: readonly string[];
}

/** Starts the script of members, to count in `directory`. It is gone when the test is. */
export async function startMember(
  context: TestEnding,
  { script, directory, way, within = [] }: StartOptions,
): Promise<Member> {
  const command = [...within, ...runtimeCommand(way.runtime, script).slice(0, -1)];
  const [execPath = '', ...execArgv] = command;
  const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...env } = process.env;
  if (way.mapper === 'auto') env['PROMETHEUS_MULTIPROC_DIR'] = directory;
  else Object.assign(env, { MEMBER_MAPPER: way.mapper, MEMBER_DIRECTORY: directory });
  if (way.runtime === 'node26') execArgv.push('--no-warnings');
  const options = { execPath, execArgv, env, cwd: dirname(script) };
  const child = fork(script, [], options);
  const link = new Link(child);
  context.after(() => link.kill());
  const [{ value }] = (await once(child, 'message')) as [Answer];
  return new Member(link, [], value as Who);
}
