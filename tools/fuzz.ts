/**
 * Throws a million random documents at the parsers of text, and as many at that of protobuf: `npm run fuzz`, or `npm run fuzz -- SEED FROM TO`
 * for some of another seed. The tests take a few thousand of the same ones.
 */

import { fuzz } from '../test/fuzz/parser-fuzz.ts';
import { fuzzProtobuf } from '../test/fuzz/protobuf-fuzz.ts';

/** So many at a time, to say how far it is. */
const STEP = 10_000;

const [seed = 20_261_122, from = 0, to = 1_000_000] = process.argv.slice(2).map(Number);
let accepted = 0;
let acceptedBytes = 0;
let slowest = 0;
const start = performance.now();
for (let at = from; at < to; at += STEP) {
  const tally = await fuzz(seed, at, Math.min(to, at + STEP));
  const bytes = await fuzzProtobuf(seed, at, Math.min(to, at + STEP));
  accepted += tally.accepted;
  acceptedBytes += bytes.accepted;
  slowest = Math.max(slowest, tally.slowest);
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${at + tally.documents} of ${to}`);
}
const seconds = ((performance.now() - start) / 1000).toFixed(0);
console.log(
  `${to - from} documents of seed ${seed} in ${seconds} s, ${accepted} accepted, ` +
    `the slowest ${slowest.toFixed(1)} ms for 100 KB; as many of protobuf, ${acceptedBytes} accepted`,
);
