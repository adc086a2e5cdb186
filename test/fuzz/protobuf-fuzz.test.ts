import { ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fuzzProtobuf } from './protobuf-fuzz.ts';

const DOCUMENTS = 4000;

describe('parseProtobuf', () => {
  it(`stands ${DOCUMENTS} random documents, of which npm run fuzz has a million`, async () => {
    const { accepted } = await fuzzProtobuf(20_261_122, 0, DOCUMENTS);
    ok(accepted > DOCUMENTS / 5, `accepted ${accepted}`);
  });
});
