import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { warnings } from '../../../test/processes/warnings.ts';
import { Warnings } from './warnings.ts';

describe('Warnings', () => {
  it('says each thing once, and no more than a hundred of a kind', async (context) => {
    const said = warnings(context);
    const speaker = new Warnings();
    for (let times = 0; times < 2; times++) {
      for (let file = 0; file < 200; file++) {
        speaker.warn(`inaccessible ${file}`, { message: `file ${file}`, code: 'FILE_UNREADABLE' });
      }
      speaker.warn('fold', { message: 'not folded', code: 'PROMETHIUM_NOT_FOLDED' });
    }
    await setImmediate();
    equal(said.length, 101);
    deepEqual(said.slice(98), [
      'FILE_UNREADABLE: file 98',
      'FILE_UNREADABLE: file 99',
      'PROMETHIUM_NOT_FOLDED: not folded',
    ]);
  });
});
