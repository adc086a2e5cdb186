import { deepEqual, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Comparison, compare, withoutParity } from './parity-comparison.ts';
import { OMISSIONS } from './parity-differences.ts';
import { anyProgram } from './parity-generator.ts';
import { PythonJudge, pythonName } from './python.ts';

const RUNS = { numRuns: 2500, seed: 20_261_123 };

/** How much was compared, which a slip in what is drawn would make little. */
class Tally {
  programs = 0;
  commands = 0;
  refused = 0;
  views = 0;
  unreadable = 0;
  samples = 0;

  add({ outcomes, views }: Comparison): void {
    this.programs++;
    this.commands += outcomes.ours.length;
    this.refused += outcomes.ours.filter((outcome) => outcome === 'refused').length;
    this.views += views.length;
    for (const { ours } of views) {
      if ('error' in ours) this.unreadable++;
      else for (const { samples } of ours) this.samples += samples.length;
    }
  }
}

describe(`a program of metric operations, beside ${pythonName}`, { skip: withoutParity }, () => {
  let python: PythonJudge;

  before(() => {
    python = new PythonJudge();
  });

  after(() => python?.[Symbol.asyncDispose]());

  it('is refused and exposed alike, command by command and sample by sample', async (test) => {
    const tally = new Tally();
    const property = fc.asyncProperty(anyProgram, async (program) => {
      const comparison = await compare(python, program);
      const { outcomes, views } = comparison;
      // Which names stay apart after escaping is nothing that Python's client looks at.
      if (views.some(({ documents }) => documents.includes(OMISSIONS))) return;
      deepEqual(outcomes.ours, outcomes.theirs, 'which commands are refused');
      for (const { ours, theirs, documents } of views) deepEqual(ours, theirs, documents);
      tally.add(comparison);
    });
    await fc.assert(property, RUNS);
    test.diagnostic(JSON.stringify(tally));
    ok(tally.programs >= 2000, 'most programs are compared');
    ok(tally.refused < tally.commands / 3, 'most commands are carried out');
    ok(tally.unreadable < tally.views / 50, 'most documents are read');
    ok(tally.samples > 20_000, 'there is something to see');
  });
});
