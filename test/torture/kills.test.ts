import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PythonJudge, pythonName, withoutPython } from '../oracle/python.ts';
import { type KillsOptions, type KillsReport, tortureByKills, toSentence } from './kills.ts';

const RUNS: readonly KillsOptions[] = [
  { mapper: 'koffi', processes: 8, kills: 64, scrapes: 20, seed: 20_261_122 },
  { mapper: 'write-behind', processes: 8, kills: 16, scrapes: 20, seed: 20_261_123 },
];

for (const run of RUNS) {
  describe(`A service whose processes are killed at random moments (${run.mapper})`, () => {
    let report: KillsReport | undefined;

    it('loses nothing that was acknowledged, and shows nothing that was not counted', async (context) => {
      report = await tortureByKills(context, run);
      context.diagnostic(toSentence(report, run));
      deepEqual(report.wrong, []);
      ok(report.kills >= run.kills && report.early < report.kills / 2);
    });

    it(`is shown as ${pythonName} reads it`, { skip: withoutPython }, async () => {
      await using judge = new PythonJudge();
      for (const format of ['text', 'openmetrics'] as const) {
        ok((await judge.read(format, report!.documents[format])).length >= 4);
      }
    });
  });
}
