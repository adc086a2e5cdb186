import { ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { hostClock } from './host-clock.ts';

const MODULE = new URL('host-clock.ts', import.meta.url).href;
/** Where the exact clock is not shared, the system's uptime is, in ticks of 10 ms. */
const TOLERANCE_SECONDS = process.platform === 'linux' ? 0.0005 : 0.02;

describe('hostClock', () => {
  it('shows the same time to another process, to less than a message takes', async () => {
    const program = `import { hostClock } from ${JSON.stringify(MODULE)}; console.log(hostClock()());`;
    const clock = hostClock();
    const before = clock();
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      program,
    ]);
    const after = clock();
    ok(Number(stdout) > before - TOLERANCE_SECONDS, `${stdout} after ${before}`);
    ok(Number(stdout) < after + TOLERANCE_SECONDS, `${stdout} before ${after}`);
  });

  it('never runs backwards', () => {
    const clock = hostClock();
    let last = clock();
    for (let i = 0; i < 10_000; i++) {
      const now = clock();
      ok(now >= last);
      last = now;
    }
  });
});
