import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { warnings } from '../../../test/processes/warnings.ts';
import { Warnings } from '../system/warnings.ts';
import { FoldSchedule } from './fold-schedule.ts';

/** A schedule of something that is done when it is told to be. */
function schedule(): {
  readonly runs: { end: () => void; fail: (code: string) => void }[];
  readonly schedule: FoldSchedule;
} {
  const runs: { end: () => void; fail: (code: string) => void }[] = [];
  const folding = {
    run: () =>
      new Promise<number>((resolve, reject) => {
        const fail = (code: string): void => reject(Object.assign(new Error('no'), { code }));
        runs.push({ end: () => resolve(1), fail });
      }),
  };
  return {
    runs,
    schedule: new FoldSchedule({ directory: '/d', folding, warnings: new Warnings() }),
  };
}

describe('FoldSchedule', () => {
  it('folds once for scrapes that come meanwhile, and again for one after it', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { runs, schedule: folds } = schedule();
    folds.request();
    folds.request();
    context.mock.timers.tick(10);
    folds.request();
    context.mock.timers.tick(10);
    deepEqual(runs.length, 1);
    runs[0]!.end();
    await setImmediate();
    folds.request();
    context.mock.timers.tick(10);
    deepEqual(runs.length, 2);
  });

  it('begins nothing once it is stopped', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { runs, schedule: folds } = schedule();
    folds.request();
    folds.stop();
    folds.request();
    context.mock.timers.tick(100);
    deepEqual(runs.length, 0);
  });

  it('says once what is refused, and leaves the directory alone for a while', async (context) => {
    const said = warnings(context);
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { runs, schedule: folds } = schedule();
    folds.request();
    context.mock.timers.tick(10);
    runs[0]!.fail('EPERM');
    await setImmediate();
    folds.request();
    context.mock.timers.tick(10);
    deepEqual(runs.length, 1);
    await setImmediate();
    deepEqual(said, [
      'PROMETHIUM_NOT_FOLDED: directory "/d": files of ended processes pile up, expected to fold them by links and renames, got EPERM',
    ]);
  });

  it('says nothing of a directory that is gone', async (context) => {
    const said = warnings(context);
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { runs, schedule: folds } = schedule();
    folds.request();
    context.mock.timers.tick(10);
    runs[0]!.fail('ENOENT');
    await setImmediate();
    await setImmediate();
    deepEqual(said, []);
  });
});
