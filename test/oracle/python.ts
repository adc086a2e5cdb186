/** The parsers of Python's client, in one process that reads thousands of expositions in seconds. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pythonWithClient } from '../setup/oracles.ts';

const found = pythonWithClient();

/** The reason to skip what needs Python's client, or false where there is one. */
export const withoutPython: string | false =
  found === undefined &&
  'no Python with prometheus_client: python3 -m venv .cache/python && .cache/python/bin/pip install prometheus_client';

/** The judge as tests name it: `prometheus_client 0.26.0`. */
export const pythonName: string =
  found === undefined ? 'prometheus_client' : `prometheus_client ${found.version}`;

/** An exemplar as Python read it. */
export interface PythonExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestamp: string | null;
}

/** A sample as Python read it. */
export interface PythonSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds with all nanoseconds, or, in text, with milliseconds. */
  readonly timestamp: string | null;
  readonly exemplar: PythonExemplar | null;
}

/** A family as Python read it. */
export interface PythonFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
  readonly samples: readonly PythonSample[];
}

/** A running judge. Documents are judged one after the other. */
export class PythonJudge implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    this.#process = spawn(found!.python, [join(import.meta.dirname, 'python-judge.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /**
   * Returns the families that Python finds in the document.
   *
   * @throws {Error} With Python's own words, and the document, when it finds none.
   */
  async read(format: 'text' | 'openmetrics', document: string): Promise<PythonFamily[]> {
    this.#process.stdin.write(`${JSON.stringify({ format, document })}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('python judge: has ended, expected an answer, got none');
    const { families, error } = JSON.parse(value) as { families?: RawFamily[]; error?: string };
    if (families === undefined) throw new Error(`Python refuses ${format}: ${error}\n${document}`);
    return families.map(toFamily);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.stdin.end();
    await exited;
  }
}

/** A family as it travels, its numbers as Python prints them. */
type RawFamily = Omit<PythonFamily, 'samples'> & {
  readonly samples: readonly (Omit<PythonSample, 'value' | 'exemplar'> & {
    readonly value: string;
    readonly exemplar: (Omit<PythonExemplar, 'value'> & { readonly value: string }) | null;
  })[];
};

function toFamily({ samples, ...header }: RawFamily): PythonFamily {
  return {
    ...header,
    samples: samples.map(({ value, exemplar, ...sample }) => ({
      ...sample,
      value: toNumber(value),
      exemplar: exemplar && { ...exemplar, value: toNumber(exemplar.value) },
    })),
  };
}

function toNumber(text: string): number {
  return { inf: Infinity, '-inf': -Infinity }[text] ?? Number(text);
}
