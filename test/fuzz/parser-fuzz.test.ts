import { ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fuzz } from './parser-fuzz.ts';

const DOCUMENTS = 8000;

describe('parsers', () => {
  it(`stand ${DOCUMENTS} random documents, of which npm run fuzz has a million`, async () => {
    const { accepted } = await fuzz(20_261_122, 0, DOCUMENTS);
    // Documents that all break tell nothing of what is read and written again.
    ok(accepted > DOCUMENTS / 5, `accepted ${accepted}`);
  });
});
