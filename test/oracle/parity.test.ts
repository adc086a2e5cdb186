import { deepEqual, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { runProgram } from './parity-client.ts';
import { OMISSIONS } from './parity-differences.ts';
import { anyProgram } from './parity-generator.ts';
import type { Program } from './parity-program.ts';
import {
  type PythonComparison,
  type PythonFamily,
  PythonJudge,
  type PythonSample,
  type PythonVerdict,
  pythonName,
  withoutPython,
} from './python.ts';

const RUNS = { numRuns: 2500, seed: 20_261_123 };

/** What a program came to in both clients, and how much of it was compared. */
const compared = { programs: 0, commands: 0, refused: 0, samples: 0, unreadable: 0 };

/** What all views have in common that the other client may well order in another way. */
function inOrder(verdict: PythonVerdict, names: readonly string[] | undefined): PythonVerdict {
  // Of a document that its own parser refuses, such as one whose names begin with `__` once they are
  // escaped, the other one has to be refused for the same reason, wherever that is found first.
  if ('error' in verdict) return { error: verdict.error.split(':').slice(0, 2).join(':') };
  const families = verdict.map((family) => ({
    ...family,
    samples: inOrderOfSeries(family),
  }));
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

async function compare(python: PythonJudge, program: Program): Promise<void> {
  const { outcomes, documents } = await runProgram(program);
  // Which names stay apart after escaping is nothing that Python's client looks at.
  if (documents.some((document) => document.includes(OMISSIONS))) return;
  const { ours, theirs, ...answer } = await python.compare(program, documents);
  deepEqual(outcomes, answer.outcomes, 'which commands are refused');
  program.views.forEach(({ format, names }, i) => {
    const expected = inOrder(theirs[i]!, names);
    deepEqual(
      inOrder(ours[i]!, names),
      format === 'text' ? withoutStartTimes(expected, ours[i]!) : expected,
      `${format}\n${documents[i]}\n${answer.documents[i]}`,
    );
  });
  count(outcomes, ours);
}

function count(outcomes: readonly string[], ours: PythonComparison['ours']): void {
  compared.programs++;
  compared.commands += outcomes.length;
  compared.refused += outcomes.filter((outcome) => outcome === 'refused').length;
  for (const verdict of ours) {
    if ('error' in verdict) compared.unreadable++;
    else for (const family of verdict as PythonFamily[]) compared.samples += family.samples.length;
  }
}

describe(`a program of metric operations, beside ${pythonName}`, { skip: withoutPython }, () => {
  let python: PythonJudge;

  before(() => {
    python = new PythonJudge();
  });

  after(() => python?.[Symbol.asyncDispose]());

  it('is refused and exposed alike, command by command and sample by sample', async (test) => {
    const property = fc.asyncProperty(anyProgram, (program) => compare(python, program));
    await fc.assert(property, RUNS);
    test.diagnostic(JSON.stringify(compared));
    ok(compared.programs > 1900);
  });
});
