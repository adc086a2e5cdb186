import { deepEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CASE_NAMES } from './cases.ts';

describe('CASE_NAMES', () => {
  it('has every file of the folder', () => {
    const files = readdirSync(join(import.meta.dirname, 'cases'));
    deepEqual(files.map((file) => file.replace('.ts', '')).sort(), [...CASE_NAMES].sort());
  });
});
