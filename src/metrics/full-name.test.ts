import { deepEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fullName } from './full-name.ts';

const COUNTER = { type: 'counter', word: 'counter' } as const;

describe('full names', () => {
  it('have the unit before the suffix of the type, whether that was given or not', () => {
    const parts = { name: 'sent_total', namespace: 'app', subsystem: 'db', unit: 'bytes' };
    deepEqual(fullName('counter "sent"', COUNTER, parts, 'lib_'), {
      name: 'lib_app_db_sent_bytes_total',
      family: 'lib_app_db_sent_bytes',
      unit: 'bytes',
    });
    deepEqual(fullName('counter "sent"', COUNTER, { name: 'sent_bytes', unit: 'bytes' }, ''), {
      name: 'sent_bytes',
      family: 'sent_bytes',
      unit: 'bytes',
    });
  });

  it('refuse the suffix of a type as its unit, which would be taken for the suffix', () => {
    throws(() => fullName('counter "sent"', COUNTER, { name: 'sent', unit: 'total' }, ''), {
      name: 'RangeError',
      message: 'counter "sent": unit is the suffix of the type, expected another unit, got "total"',
    });
  });
});
