/**
 * One of the processes and threads of a service, on whichever runtime runs it: it makes metrics, counts
 * and shows what it is told to, and starts others of its kind, to whom it passes orders on.
 *
 * It meets the library by its name alone, as a user's program does. The environment says where the
 * service counts; with `MEMBER_MAPPER` in it, a storage with that mapper is made by hand.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, threadId, Worker } from 'node:worker_threads';
import { Counter, Enum, Gauge, Histogram, Info, REGISTRY, Summary, toText } from 'promethium';
import { openMultiprocessStorage } from 'promethium/multiprocess';

/** The instruments there are. */
export type Kind = 'Counter' | 'Gauge' | 'Histogram' | 'Summary' | 'Info' | 'Enum';

/** What a member can be told. Each is answered once it is done. */
export type Order =
  | {
      readonly do: 'metric';
      readonly kind: Kind;
      readonly options: Readonly<Record<string, unknown>> & { readonly name: string };
    }
  | {
      /** Calls a method of a metric, or of its child where label values are given. */
      readonly do: 'call';
      readonly name: string;
      readonly labels?: readonly string[];
      readonly method: string;
      readonly args?: readonly unknown[];
    }
  | { readonly do: 'show' | 'flush' }
  | { readonly do: 'start'; readonly as: 'thread' | 'process'; readonly name: string }
  | { readonly do: 'end'; readonly name: string; readonly how: Ending };

/**
 * How one ends: with nothing left to do, by `process.exit()`, by an error that nobody catches, by SIGTERM
 * and its own handler; or without a chance to do anything more.
 */
export type Ending = 'return' | 'exit' | 'throw' | 'SIGTERM' | 'SIGKILL' | 'terminate';

/** An order on its way: it is for whom `route` leads to, from member to member by name. */
export interface Message {
  readonly number: number;
  readonly route: readonly string[];
  readonly order: Order | { readonly do: 'leave'; readonly how: Ending };
}

/** What comes back. The first one of all, with the number 0, says who it is. */
export interface Answer {
  readonly number: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Who a member is, as the label `pid` has it. */
export interface Who {
  readonly pid: number;
  readonly process: string;
}

const { MEMBER_MAPPER: mapper, MEMBER_DIRECTORY: directory = '' } = process.env;
const instruments: Record<Kind, new (options: never) => object> = {
  Counter,
  Gauge,
  Histogram,
  Summary,
  Info,
  Enum,
};
const script = new URL(import.meta.url);
const metrics = new Map<string, Record<string, (...args: unknown[]) => unknown>>();

if (mapper !== undefined) {
  const storage = openMultiprocessStorage({ directory, mapper: mapper as 'auto' });
  REGISTRY.useStorage(storage);
}

/** Another member that this one has started. */
class Other {
  readonly #link: ChildProcess | Worker;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  readonly #gone: Promise<void>;

  constructor(link: ChildProcess | Worker) {
    this.#link = link;
    link.on('message', (answer: Answer) => this.#answers.get(answer.number)?.(answer));
    this.#gone = new Promise((resolve) => link.on('exit', () => resolve()));
    // Of a thread that throws; it is told to.
    link.on('error', () => {});
  }

  answer(number: number): Promise<Answer> {
    return new Promise((resolve) => this.#answers.set(number, resolve));
  }

  pass(message: Message): Promise<Answer> {
    const answer = this.answer(message.number);
    if (this.#link instanceof Worker) this.#link.postMessage(message);
    else this.#link.send(message);
    return answer;
  }

  async end(how: Ending): Promise<void> {
    if (this.#link instanceof Worker) {
      if (how === 'terminate') await this.#link.terminate();
      else void this.pass({ number: -1, route: [], order: { do: 'leave', how } });
    } else if (how === 'SIGKILL' || how === 'SIGTERM') this.#link.kill(how);
    else void this.pass({ number: -1, route: [], order: { do: 'leave', how } });
    await this.#gone;
  }
}

const others = new Map<string, Other>();

async function start(as: 'thread' | 'process', name: string): Promise<unknown> {
  const other = new Other(
    as === 'thread' ? new Worker(script) : fork(fileURLToPath(script), { stdio: 'ignore' }),
  );
  others.set(name, other);
  return (await other.answer(0)).value;
}

/** An order whose answer never comes. */
function leave(how: Ending): void {
  if (how === 'exit') process.exit(0);
  if (how === 'throw') {
    setImmediate(() => {
      throw new Error('told to');
    });
  } else if (parentPort === null) process.disconnect();
  else parentPort.off('message', receive);
}

async function follow(order: Message['order']): Promise<unknown> {
  switch (order.do) {
    case 'metric': {
      const metric = new instruments[order.kind](order.options as never);
      metrics.set(order.options.name, metric as never);
      return;
    }
    case 'call': {
      const { name, labels, method, args = [] } = order;
      let target = metrics.get(name)!;
      if (labels !== undefined) target = target['labels']!(...labels) as typeof target;
      target[method]!(...args);
      return;
    }
    case 'show':
      return toText(REGISTRY);
    case 'flush':
      return REGISTRY.flush();
    case 'start':
      return start(order.as, order.name);
    case 'end':
      return others.get(order.name)!.end(order.how);
    case 'leave':
      leave(order.how);
      return new Promise(() => {});
  }
}

function reply(answer: Answer): void {
  if (parentPort === null) process.send!(answer);
  else parentPort.postMessage(answer);
}

async function receive({ number, route, order }: Message): Promise<void> {
  try {
    const [name, ...rest] = route;
    if (name !== undefined) {
      reply(await others.get(name)!.pass({ number, route: rest, order }));
      return;
    }
    reply({ number, value: await follow(order) });
  } catch (error) {
    reply({ number, error: String((error as Error).stack) });
  }
}

if (parentPort === null) {
  process.on('message', receive);
  // What a program does that wants to end in good order.
  process.on('SIGTERM', () => process.exit(0));
} else parentPort.on('message', receive);
const { pid } = process;
reply({
  number: 0,
  value: { pid, process: isMainThread ? `${pid}` : `${pid}-${threadId}` } satisfies Who,
});
