import { deepEqual } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { CollectorRegistry, toText } from '../../src/index.ts';
import { openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import { type PythonFamily, PythonJudge, pythonName, withoutPython } from './python.ts';
import { anyPythonProgram, type PythonProgram } from './python-service.ts';

/** Samples by their names and labels. */
type Numbers = Readonly<Record<string, number>>;

/** Families by their names, in an order that depends on nothing but what is in them. */
type Shown = Readonly<Record<string, { type: string; help: string; samples: Numbers }>>;

function shown(families: readonly PythonFamily[]): Shown {
  const entries = families.map(({ name, type, help, samples }): [string, Shown[string]] => {
    const numbers = samples.map(({ name: sample, labels, value }): [string, number] => {
      const { le, ...others } = labels;
      const sorted = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
      // Python writes -1000000.0 beside 1e+06; both are one number.
      if (le !== undefined) sorted.push(['le', String(Number(le.replace('Inf', 'Infinity')))]);
      // Whether a sum of zeros has a sign depends on what it began with.
      return [sample + JSON.stringify(sorted), value + 0];
    });
    return [name, { type, help, samples: Object.fromEntries(numbers.sort()) }];
  });
  return Object.fromEntries(entries.sort());
}

/** What our own rule adds: a gauge that shows the last write shows 0 while nobody wrote. */
function withNeverSet(theirs: Shown, ours: Shown, program: PythonProgram): Shown {
  const latest = program.flat().flatMap((command) => {
    const isLatest = command.do === 'declare' && /mostrecent$/.test(command.mode);
    return isLatest && command.type === 'gauge' ? [command.name] : [];
  });
  const completed = latest.flatMap((name): [string, Shown[string]][] => {
    const family = theirs[name];
    if (family === undefined) return [];
    const zeros = Object.keys(ours[name]?.samples ?? {}).map((key): [string, number] => [key, 0]);
    const samples = { ...Object.fromEntries(zeros), ...family.samples };
    return [[name, { ...family, samples }]];
  });
  return { ...theirs, ...Object.fromEntries(completed) };
}

describe(`files of Python processes, beside ${pythonName}`, { skip: withoutPython }, () => {
  let python: PythonJudge;

  before(() => {
    python = new PythonJudge();
  });

  after(() => python?.[Symbol.asyncDispose]());

  it('are shown as its own collector shows them, also while they grow', { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(anyPythonProgram, async (program) => {
        const directory = mkdtempSync(join(tmpdir(), 'promethium-test-'));
        const storage = openMultiprocessStorage({ directory, readOnly: true });
        try {
          const registry = new CollectorRegistry({ storage });
          for (const phase of program) {
            const theirs = shown(await python.serve(directory, phase));
            const text = await toText(registry, { escaping: 'allow-utf-8' });
            const ours = shown(await python.read('text', text));
            deepEqual(ours, withNeverSet(theirs, ours, program));
          }
        } finally {
          storage.close();
          rmSync(directory, { recursive: true, force: true });
        }
      }),
      { numRuns: 300 },
    ),
  );
});
