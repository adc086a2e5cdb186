import { equal, ok } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assert, constantFrom, oneof, property, string } from 'fast-check';
import { isLegacyLabelName, isLegacyMetricName } from '../model/name.ts';
import {
  ESCAPING_SCHEMES,
  type EscapingScheme,
  escapeLabelName,
  escapeName,
  unescapeName,
} from './escaping.ts';

interface Vector {
  readonly name: string;
  readonly underscores: string;
  readonly dots: string;
  readonly values: string;
}

const file = join(import.meta.dirname, '../../../shared/fixtures/native/escaping_vectors.json');
const found = existsSync(file);
const vectors = found ? (JSON.parse(readFileSync(file, 'utf8')) as Vector[]) : [];

/** Names as anyone may choose them, with more of what escaping has to tell apart than chance gives. */
const anyName = oneof(
  string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  string({ unit: constantFrom(...'_._:9aUdot_é🦀 \n"\\'), minLength: 1, maxLength: 12 }),
);

const METRICS: readonly (readonly [string, string, string, string])[] = [
  ['requests_total', 'requests_total', 'requests__total', 'requests_total'],
  ['job:rate', 'job:rate', 'job:rate', 'job:rate'],
  ['http.status:sum', 'http_status:sum', 'http_dot_status:sum', 'U__http_2e_status:sum'],
  ['a.b_c', 'a_b_c', 'a_dot_b__c', 'U__a_2e_b__c'],
  ['1abc', '_abc', '__abc', 'U___31_abc'],
  ['a1.', 'a1_', 'a1_dot_', 'U__a1_2e_'],
  ['花火', '__', '____', 'U___82b1__706b_'],
  ['😱', '_', '__', 'U___1f631_'],
  ['a\ud83d', 'a_', 'a__', 'U__a_FFFD_'],
  ['\n"\\', '___', '______', 'U___a__22__5c_'],
  ['', '', '', ''],
];

describe('escapeName', () => {
  it('agrees with the vectors of Prometheus', { skip: !found && 'no shared fixtures' }, () => {
    equal(vectors.length, 7);
    for (const { name, ...expected } of vectors) {
      for (const [scheme, escaped] of Object.entries(expected)) {
        equal(escapeName(name, scheme as EscapingScheme), escaped);
      }
    }
  });

  for (const [name, underscores, dots, values] of METRICS) {
    it(`escapes ${JSON.stringify(name)}`, () => {
      equal(escapeName(name, 'underscores'), underscores);
      equal(escapeName(name, 'dots'), dots);
      equal(escapeName(name, 'values'), values);
      equal(escapeName(name, 'allow-utf-8'), name);
    });
  }

  it('makes names that every server understands, and leaves those that are', () => {
    assert(
      property(anyName, constantFrom('underscores', 'dots', 'values'), (name, scheme) => {
        ok(isLegacyMetricName(escapeName(name, scheme)));
        ok(isLegacyLabelName(escapeLabelName(name, scheme)));
        const again = escapeName(name, scheme);
        if (scheme !== 'dots') equal(escapeName(again, scheme), again);
      }),
    );
  });
});

describe('escapeLabelName', () => {
  it('escapes a colon too, and everything else as a metric’s name', () => {
    equal(escapeLabelName('http.status:sum', 'underscores'), 'http_status_sum');
    equal(escapeLabelName('http.status:sum', 'dots'), 'http_dot_status__sum');
    equal(escapeLabelName('http.status:sum', 'values'), 'U__http_2e_status_3a_sum');
    equal(escapeLabelName('http.status:sum', 'allow-utf-8'), 'http.status:sum');
    equal(escapeLabelName('a:b', 'values'), 'U__a_3a_b');
    equal(escapeLabelName('trace_id', 'values'), 'trace_id');
    equal(escapeLabelName('1st', 'underscores'), '_st');
  });
});

describe('unescapeName', () => {
  it('gives back every name that was escaped to values, and was not one already', () => {
    assert(
      property(anyName, (name) => {
        const wellFormed = name.replaceAll(/\p{Surrogate}/gu, '\ufffd');
        if (isLegacyMetricName(name) && name.startsWith('U__')) return;
        equal(unescapeName(escapeName(name, 'values'), 'values'), wellFormed);
      }),
    );
  });

  it('gives back names of letters, digits, dots and underscores that were escaped to dots', () => {
    assert(
      property(string({ unit: constantFrom(...'_.adot:9'), minLength: 1 }), (text) => {
        const name = `a${text}`;
        equal(unescapeName(escapeName(name, 'dots'), 'dots'), name);
      }),
    );
  });

  for (const [escaped, name] of [
    ['a_b', 'a_b'],
    ['U__a_2E_b', 'a.b'],
    ['U__a_2e_b', 'a.b'],
    ['U__', ''],
    ['U__a__b', 'a_b'],
    ['U___10ffff_', '\u{10ffff}'],
    ['U___FFFD_', '\ufffd'],
    ['U__a_', 'U__a_'],
    ['U__a_2e', 'U__a_2e'],
    ['U__a_2eb', 'U__a_2eb'],
    ['U__a_xx_', 'U__a_xx_'],
    ['U___110000_', 'U___110000_'],
    ['U___d800_', 'U___d800_'],
    ['U___0000000_', 'U___0000000_'],
    ['U__a.b', 'U__a.b'],
    ['U__é', 'U__é'],
  ] as const) {
    it(`reads ${escaped} as ${JSON.stringify(name)}`, () => {
      equal(unescapeName(escaped, 'values'), name);
    });
  }

  it('leaves names in the schemes that say nothing of what they were', () => {
    for (const scheme of ['underscores', 'allow-utf-8'] as const) {
      equal(unescapeName('U__a_2e_dot_b__', scheme), 'U__a_2e_dot_b__');
    }
  });

  it('never throws, whatever the name, and takes one pass', () => {
    assert(
      property(string({ unit: 'binary' }), constantFrom(...ESCAPING_SCHEMES), (name, scheme) => {
        unescapeName(name, scheme);
        unescapeName(`U__${name}`, scheme);
      }),
    );
    for (const part of ['_', '_2', '_2e', '__', '_dot', 'é', '_ffffff']) {
      const long = `U__${part.repeat(50_000)}`;
      const start = performance.now();
      for (const scheme of ESCAPING_SCHEMES) unescapeName(long, scheme);
      ok(performance.now() - start < 5_000);
    }
  });
});
