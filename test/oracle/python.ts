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

/** The families that Python found in a document, or why it refuses it. */
export type PythonVerdict = readonly PythonFamily[] | { readonly error: string };

/** A program in two clients. */
export interface PythonComparison {
  /** What became of each command in Python's client: `done`, `refused` or `absent`. */
  readonly outcomes: readonly string[];
  /** What Python's client exposes. */
  readonly documents: readonly string[];
  /** What Python finds in the documents that were handed over. */
  readonly ours: readonly PythonVerdict[];
  /** What Python finds in those of its own client. */
  readonly theirs: readonly PythonVerdict[];
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
    const { families, error } = await this.#ask<RawVerdict>({ format, document });
    if (families === undefined) throw new Error(`Python refuses ${format}: ${error}\n${document}`);
    return families.map(toFamily);
  }

  /**
   * Has Python processes that share `directory` run commands, and returns what Python's own
   * collector shows of the directory then.
   *
   * @throws {Error} With Python's own words, when a command fails or the collector does.
   */
  async serve(directory: string, commands: readonly object[]): Promise<PythonFamily[]> {
    const { families, error } = await this.#ask<RawVerdict>({ directory, commands });
    if (families === undefined) throw new Error(`Python shows nothing: ${error}`);
    return families.map(toFamily);
  }

  /**
   * Runs a program of metric operations in Python's client, and reads what came of it beside the
   * documents of another client that ran it: one for each view.
   *
   * @throws {Error} With Python's own words, when its client exposes nothing.
   */
  async compare(
    program: { readonly views: readonly unknown[] },
    documents: readonly string[],
  ): Promise<PythonComparison> {
    const answer = await this.#ask<RawComparison>({ program, documents });
    if ('error' in answer) throw new Error(`Python exposes nothing: ${answer.error}`);
    const { outcomes, documents: own, ours, theirs } = answer;
    return {
      outcomes,
      documents: own,
      ours: ours.map(toVerdict),
      theirs: theirs.map(toVerdict),
    };
  }

  async #ask<Answer>(question: object): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(question, numbersAsText)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('python judge: has ended, expected an answer, got none');
    return JSON.parse(value) as Answer;
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

interface RawVerdict {
  readonly families?: readonly RawFamily[];
  readonly error?: string;
}

type RawComparison =
  | {
      readonly outcomes: readonly string[];
      readonly documents: readonly string[];
      readonly ours: readonly RawVerdict[];
      readonly theirs: readonly RawVerdict[];
    }
  | { readonly error: string };

/** JSON has neither infinities nor NaN nor a sign for 0. */
function numbersAsText(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { $number: Object.is(value, -0) ? '-0' : String(value) };
}

function toVerdict({ families, error = '' }: RawVerdict): PythonVerdict {
  return families === undefined ? { error } : families.map(toFamily);
}

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
