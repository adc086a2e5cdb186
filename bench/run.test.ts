import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';

describe('bench/run.ts', () => {
  it('measures a case for every contender, in processes of their own', { timeout: 60_000 }, () => {
    const script = join(import.meta.dirname, 'run.ts');
    const args = [script, '--rounds', '1', '--only', 'import', '--json'];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    equal(status, 0, stderr);
    const [{ name, rounds }] = JSON.parse(stdout).results;
    equal(name, 'import');
    ok(Object.keys(rounds).length >= 3, stdout);
    for (const numbers of Object.values<number[]>(rounds)) {
      deepEqual(numbers.length, 1);
      ok(numbers[0]! > 0);
    }
  });
});
