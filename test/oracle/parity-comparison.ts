/** What a program came to in this client and in Python's, brought into one form. */

import { runProgram } from './parity-client.ts';
import { withLonelyLines, withOurRounding } from './parity-differences.ts';
import type { Program } from './parity-program.ts';
import {
  type PythonFamily,
  type PythonJudge,
  type PythonSample,
  type PythonVerdict,
  pythonName,
  withoutPython,
} from './python.ts';

/** What is compared with: releases before it lack methods, and escape nothing. */
const OLDEST = [0, 26] as const;

/** The reason to skip what needs Python's client as it is today, or false where there is one. */
export const withoutParity: string | false =
  withoutPython ||
  (isOlder() && `${pythonName} is too old: .cache/python/bin/pip install -U prometheus_client`);

function isOlder(): boolean {
  const [major = 0, minor = 0] = pythonName.split(' ')[1]!.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** One view of a program in both clients, as Python's parser reads it. */
export interface ComparedView {
  readonly ours: PythonVerdict;
  readonly theirs: PythonVerdict;
  /** Both documents as they are, for messages. */
  readonly documents: string;
}

/** A program in both clients. */
export interface Comparison {
  readonly outcomes: { readonly ours: readonly string[]; readonly theirs: readonly string[] };
  readonly views: readonly ComparedView[];
}

/** Runs the program in both clients. */
export async function compare(python: PythonJudge, program: Program): Promise<Comparison> {
  const { outcomes, documents } = await runProgram(program);
  const { ours, theirs, ...answer } = await python.compare(program, documents);
  const views = program.views.map(({ format, names }, i): ComparedView => {
    const own = inOrder(ours[i]!, names);
    const other = inOrder(asShownHere(theirs[i]!, names), names);
    return {
      ours: own,
      theirs: rounded(format === 'text' ? withoutStartTimes(other, own) : other, own),
      documents: `${format}\n${documents[i]}\n${answer.documents[i]}`,
    };
  });
  return { outcomes: { ours: outcomes, theirs: answer.outcomes }, views };
}

/** Python's, rounded as ours are. */
function rounded(theirs: PythonVerdict, ours: PythonVerdict): PythonVerdict {
  return 'error' in theirs || 'error' in ours ? theirs : withOurRounding(theirs, ours);
}

/** Python's, with the lines of a restricted view under the families that they are in here. */
function asShownHere(theirs: PythonVerdict, names: readonly string[] | undefined): PythonVerdict {
  return names === undefined || 'error' in theirs ? theirs : withLonelyLines(theirs);
}

/** What all views have in common that the other client may well order in another way. */
function inOrder(verdict: PythonVerdict, names: readonly string[] | undefined): PythonVerdict {
  // Of a document that its own parser refuses, such as one whose names begin with `__` once they are
  // escaped, the other one has to be refused for the same reason, wherever that is found first.
  if ('error' in verdict) return { error: verdict.error.split(':').slice(0, 2).join(':') };
  const families = verdict.map((family) => ({ ...family, samples: inOrderOfSeries(family) }));
  if (names === undefined) return families;
  // A restricted view of Python's has its families in no order, and none of those without samples.
  return families
    .filter(({ samples }) => samples.length > 0)
    .sort((one, other) => Number(one.name > other.name) - Number(one.name < other.name));
}

/** Series by their labels and names, but the buckets of each in the order in which they stand. */
function inOrderOfSeries({ type, samples }: PythonFamily): PythonSample[] {
  const hasBuckets = type === 'histogram' || type === 'gaugehistogram';
  const keyed = samples.map((sample) => {
    const { le: _, ...others } = sample.labels;
    const labels = Object.entries(hasBuckets ? others : sample.labels).sort();
    return { sample, key: JSON.stringify([labels, sample.name]) };
  });
  keyed.sort((one, other) => Number(one.key > other.key) - Number(one.key < other.key));
  return keyed.map(({ sample }) => sample);
}

/** Without the gauges as which Python's text shows start times, and ours shows none. */
function withoutStartTimes(theirs: PythonVerdict, ours: PythonVerdict): PythonVerdict {
  if ('error' in theirs || 'error' in ours) return theirs;
  const known = new Set(ours.map(({ name }) => name));
  const counting = new Set(
    theirs
      .filter(({ type }) => ['counter', 'summary', 'histogram'].includes(type))
      .map(({ name }) => `${name}_created`),
  );
  return theirs.filter(
    ({ name, type }) => type !== 'gauge' || known.has(name) || !counting.has(name),
  );
}
