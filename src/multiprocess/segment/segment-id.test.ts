import { equal, match } from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { describe, it } from 'node:test';
import { newId } from './segment-id.ts';

describe('newId', () => {
  it('is another one each time', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => newId()));
    equal(ids.size, 1000);
    for (const id of ids) match(id, /^[0-9a-f]{32}$/);
  });

  for (const [what, break_] of [
    ['has no file of random bytes', () => ({ openSync: () => fail('ENOENT') })],
    ['gives too few of them', () => ({ readSync: () => 3 })],
    ['does not let them be read', () => ({ readSync: () => fail('EIO') })],
  ] as const) {
    it(`is one where the system ${what}`, (context) => {
      for (const [name, broken] of Object.entries(break_())) {
        context.mock.method(fs, name as 'openSync', broken as never);
      }
      syncBuiltinESMExports();
      const ids = [newId(), newId()];
      context.mock.restoreAll();
      syncBuiltinESMExports();
      equal(new Set(ids).size, 2);
      for (const id of ids) match(id, /^[0-9a-f]{32}$/);
    });
  }
});

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}
