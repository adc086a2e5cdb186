/**
 * Tortures the multi-process mode for minutes: `npm run torture`, or `npm run torture -- SEED` for another
 * course of it. The tests do the same for seconds.
 *
 * Each case prints what it came to; the exit code is 1 where anything was lost, doubled or torn.
 */

import { type BirthsOptions, toBirthsSentence, tortureByBirths } from '../test/torture/births.ts';
import { type KillsOptions, tortureByKills, toSentence } from '../test/torture/kills.ts';

/** Runs something that makes folders and processes, and removes them after it. */
async function ending<Result>(
  run: (context: { after(end: () => void | Promise<void>): void }) => Promise<Result>,
): Promise<Result> {
  const ends: (() => void | Promise<void>)[] = [];
  try {
    return await run({ after: (end) => void ends.push(end) });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function kill(options: KillsOptions): Promise<void> {
  const report = await ending((context) => tortureByKills(context, options));
  console.log(toSentence(report, options));
  for (const sentence of report.wrong) console.error(sentence);
  if (report.wrong.length > 0) process.exitCode = 1;
}

async function bear(options: BirthsOptions): Promise<void> {
  const report = await ending((context) => tortureByBirths(context, options));
  console.log(toBirthsSentence(report, options));
  for (const sentence of report.wrong) console.error(sentence);
  if (report.wrong.length > 0 || report.files > 2) process.exitCode = 1;
}

const [seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
await kill({ mapper: 'auto', processes: 8, kills: 600, scrapes: 100, seed });
await kill({ mapper: 'write-behind', processes: 8, kills: 200, scrapes: 100, seed });
await bear({ mapper: 'auto', processes: 10_000, writers: 1, atOnce: 4 });
