import { equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nanoseconds } from './timing.ts';

describe('nanoseconds', () => {
  it('measures a contender that counts', async () => {
    let count = 0;
    const run = (times: number): void => {
      for (let i = 0; i < times; i++) count++;
    };
    ok((await nanoseconds({ run, counted: () => count }, 1)) > 0);
    equal(count % 65_536, 0);
  });

  it('fails a contender that has not counted all that was done', async () => {
    let done = 0;
    const run = (times: number): void => {
      done += times;
    };
    await rejects(nanoseconds({ run, counted: () => done - 1 }, 1), (error: Error) => {
      equal(
        error.message,
        `bench: the contender did not count what was done, expected ${done}, got ${done - 1}`,
      );
      return true;
    });
  });
});
