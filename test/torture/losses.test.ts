import { ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtimeBinary } from '../setup/runtimes.ts';
import { type LossesOptions, measureLosses, toLossesSentence } from './losses.ts';

const RUN: LossesOptions = { runtime: 'node24', work: 'timer', kills: 12, seed: 20_261_124 };

/** Passes are 50 ms apart: half that on average, on a machine that is free. */
const MEDIAN_MS = 120;
/** What the guide says is the most, as long as the event loop turns. */
const MOST_MS = 1000;

describe('A process that writes behind and is killed', () => {
  const skip = runtimeBinary(RUN.runtime) ? false : `${RUN.runtime} is not installed`;

  it('loses no more than it counted since the last pass', { skip }, async (context) => {
    const lost = await measureLosses(context, RUN);
    const sentence = toLossesSentence(lost, RUN);
    context.diagnostic(sentence);
    ok(lost.length === RUN.kills && lost[RUN.kills / 2]! < MEDIAN_MS, sentence);
    ok(lost.at(-1)! < MOST_MS, sentence);
  });
});
