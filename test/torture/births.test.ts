import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BirthsOptions, toBirthsSentence, tortureByBirths } from './births.ts';

const RUNS: readonly BirthsOptions[] = [
  { mapper: 'koffi', processes: 100, writers: 3, atOnce: 4 },
  { mapper: 'write-behind', processes: 12, writers: 2, atOnce: 4 },
];

describe('A service that starts processes without end', () => {
  for (const run of RUNS) {
    it(`counts them all and keeps a few files (${run.mapper})`, async (context) => {
      const report = await tortureByBirths(context, run);
      context.diagnostic(toBirthsSentence(report, run));
      deepEqual(report.wrong, []);
      ok(report.files === 2, `${report.files} files left: an archive and the lock`);
      // The archive keeps one process's `all` gauge after another, 100 at the most.
      ok(report.bytes < 100_000, `${report.bytes} bytes left`);
      const [first, last] = report.memory;
      // The files of 300 writers, kept whole, would be 19 MiB.
      ok(last - first < 2 ** 22, `${last - first} bytes of memory more`);
      ok(report.mostFiles < run.processes * run.writers, `${report.mostFiles} files at a time`);
    });
  }
});
