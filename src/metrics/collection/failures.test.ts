import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MetricsError } from '../../model/error.ts';
import { reportOnce } from './failures.ts';

function failure(message: string): MetricsError {
  return new MetricsError('COLLECT_FAILED', message);
}

describe('reportOnce', () => {
  it('writes each message to the console once, with what was thrown, and no more than a hundred', (t) => {
    const written = t.mock.method(console, 'error', () => {});
    const report = reportOnce();
    report(failure('collector "a": failed'));
    report(failure('collector "a": failed'));
    report(failure('collector "b": failed'));
    deepEqual(
      written.mock.calls.map(({ arguments: [line] }) => line),
      ['promethium: collector "a": failed', 'promethium: collector "b": failed'],
    );
    const cause = new Error('down');
    report(new MetricsError('COLLECT_FAILED', 'collector "c": failed', { cause }));
    deepEqual(written.mock.calls.at(-1)?.arguments, ['promethium: collector "c": failed', cause]);
    const threw = 'collector "d": threw, expected families, got';
    report(new MetricsError('COLLECT_FAILED', `${threw} Error: down`, { cause }));
    deepEqual(written.mock.calls.at(-1)?.arguments, [`promethium: ${threw}`, cause]);
    for (let i = 0; i < 200; i++) report(failure(String(i)));
    deepEqual(written.mock.callCount(), 100);
  });
});
