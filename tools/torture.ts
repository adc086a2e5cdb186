/**
 * Tortures the multi-process mode for minutes: `npm run torture`, or `npm run torture -- SEED` for another
 * course of it. The tests do the same for seconds.
 *
 * Each case prints what it came to; the exit code is 1 where anything was lost, doubled or torn.
 */

import { runtimeBinary } from '../test/setup/runtimes.ts';
import { type BirthsOptions, toBirthsSentence, tortureByBirths } from '../test/torture/births.ts';
import { type KillsOptions, tortureByKills, toSentence } from '../test/torture/kills.ts';
import { type LossesOptions, measureLosses, toLossesSentence } from '../test/torture/losses.ts';

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

/** Nothing to be wrong here: the number for the guide. */
async function measure(options: LossesOptions): Promise<void> {
  const lost = await ending((context) => measureLosses(context, options));
  console.log(toLossesSentence(lost, options));
}

const [seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
await kill({ mapper: 'auto', processes: 8, kills: 600, scrapes: 100, seed });
await kill({ mapper: 'write-behind', processes: 8, kills: 200, scrapes: 100, seed });
await bear({ mapper: 'auto', processes: 10_000, writers: 1, atOnce: 4 });
for (const runtime of ['node24', 'bun', 'deno'] as const) {
  for (const work of ['timer', 'busy'] as const) {
    if (runtimeBinary(runtime)) await measure({ runtime, work, kills: 60, seed });
  }
}
