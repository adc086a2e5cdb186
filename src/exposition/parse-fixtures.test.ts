import { deepEqual, equal, throws } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { recordFamily } from '../../test/recorded-family.ts';
import { toOpenMetrics } from './format.ts';
import { parseOpenMetrics } from './parse/parse.ts';
import { ParseError } from './parse/parse-error.ts';

const folder = join(import.meta.dirname, '../../../shared/fixtures/openmetrics/parsers');
const missing = !existsSync(folder) && "OpenMetrics' own cases are not there: ../shared/fixtures";
const names = missing ? [] : readdirSync(folder).sort();

function read(name: string, file: string): string {
  return readFileSync(join(folder, name, file), 'utf8');
}

function shouldParse(name: string): boolean {
  return (JSON.parse(read(name, 'test.json')) as { shouldParse: boolean }).shouldParse;
}

describe("parseOpenMetrics, by OpenMetrics' own cases", { skip: missing }, () => {
  it('knows all of them', () => equal(names.length, 211));

  for (const name of names.filter((each) => !shouldParse(each))) {
    it(`refuses ${name}`, () => {
      throws(() => parseOpenMetrics(read(name, 'metrics')), ParseError);
    });
  }

  for (const name of names.filter(shouldParse)) {
    it(`reads ${name}, and what is written of it as the same`, async () => {
      const families = parseOpenMetrics(read(name, 'metrics'));
      const document = await toOpenMetrics({ collect: () => families }, { created: true });
      deepEqual(parseOpenMetrics(document).map(recordFamily), families.map(recordFamily));
    });
  }
});
