import { equal, ok, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert, property, string } from 'fast-check';
import type { ExpositionFormat } from './format.ts';
import { OPENMETRICS_1_0_0, OPENMETRICS_2_0_0, TEXT_0_0_4, TEXT_1_0_0 } from './formats.ts';
import { acceptsGzip, negotiate } from './negotiate.ts';
import { PROTOBUF } from './protobuf/protobuf.ts';

const PROTOBUF_TYPE =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

/** OpenMetrics with names as they are, which Prometheus 3 asks for. */
const OPENMETRICS_UTF_8 = OPENMETRICS_1_0_0.withEscaping('allow-utf-8');

/** What each version of Prometheus sends. */
const PROMETHEUS: readonly (readonly [string, string, ExpositionFormat])[] = [
  ['1.8', `${PROTOBUF_TYPE};q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1`, PROTOBUF],
  ['2.0 to 2.4', 'text/plain;version=0.0.4;q=1,*/*;q=0.1', TEXT_0_0_4],
  [
    '2.5 to 2.33',
    'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    OPENMETRICS_1_0_0,
  ],
  [
    '2.34 to 2.48',
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    OPENMETRICS_1_0_0,
  ],
  [
    '2.40.0',
    'application/openmetrics-text;version=1.0.0;q=0.75,application/openmetrics-text;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    OPENMETRICS_1_0_0,
  ],
  [
    '2.40 to 2.48 with native histograms',
    `${PROTOBUF_TYPE},application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    PROTOBUF,
  ],
  [
    '2.49.0',
    'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=2',
    OPENMETRICS_1_0_0,
  ],
  [
    '2.49.1 to 2.55',
    'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    OPENMETRICS_1_0_0,
  ],
  [
    '3.0 to 3.3',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;escaping=allow-utf-8;q=0.3,*/*;q=0.2',
    OPENMETRICS_UTF_8,
  ],
  [
    '3.4 to 3.14',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    OPENMETRICS_UTF_8,
  ],
  [
    '3.4 to 3.14, told to escape with dots',
    'application/openmetrics-text;version=1.0.0;escaping=dots;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=dots;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    OPENMETRICS_1_0_0.withEscaping('dots'),
  ],
  [
    '3.4 to 3.14, told to scrape text 1.0.0 alone',
    'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5',
    TEXT_1_0_0.withEscaping('allow-utf-8'),
  ],
  [
    '3.4 to 3.14, protobuf first',
    `${PROTOBUF_TYPE};q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
    PROTOBUF.withEscaping('allow-utf-8'),
  ],
];

const OTHERS: readonly (readonly [string, string | null | undefined, ExpositionFormat])[] = [
  ['no header', undefined, TEXT_0_0_4],
  ['no header, as fetch says it', null, TEXT_0_0_4],
  ['an empty header', '', TEXT_0_0_4],
  ['curl', '*/*', TEXT_0_0_4],
  ['any text', 'text/*', TEXT_0_0_4],
  ['any application', 'application/*', OPENMETRICS_1_0_0],
  [
    'a browser',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8',
    TEXT_0_0_4,
  ],
  ['nothing on offer', 'application/json', TEXT_0_0_4],
  ['protobuf alone', PROTOBUF_TYPE, PROTOBUF],
  [
    'protobuf in other words',
    'Application/Vnd.Google.Protobuf; Encoding="delimited"; Proto="io.prometheus.client.MetricFamily"',
    PROTOBUF,
  ],
  ['protobuf of no message', 'application/vnd.google.protobuf;encoding=delimited', TEXT_0_0_4],
  [
    'protobuf of no encoding',
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily',
    TEXT_0_0_4,
  ],
  [
    'protobuf of another message',
    'application/vnd.google.protobuf;proto=io.prometheus.write.v2.Request;encoding=delimited',
    TEXT_0_0_4,
  ],
  ['protobuf as text', PROTOBUF_TYPE.replace('delimited', 'compact-text'), TEXT_0_0_4],
  ['protobuf ruled out', `${PROTOBUF_TYPE};q=0,text/plain;q=0.1`, TEXT_0_0_4],
  ['protobuf liked less', `${PROTOBUF_TYPE};q=0.4,text/plain;q=0.5`, TEXT_0_0_4],
  ['protobuf, however light, beside anything', `${PROTOBUF_TYPE};q=0.1,*/*`, PROTOBUF],
  ['protobuf twice', `${PROTOBUF_TYPE};q=0.1,text/plain;q=0.5,${PROTOBUF_TYPE}`, PROTOBUF],
  [
    'protobuf with a scheme of its own',
    `text/plain;version=1.0.0;escaping=values;q=0.5,${PROTOBUF_TYPE};escaping=dots`,
    PROTOBUF.withEscaping('dots'),
  ],
  [
    'protobuf with the first scheme that exists',
    `${PROTOBUF_TYPE};escaping=none,text/plain;escaping=none;q=0.5,text/plain;version=1.0.0;escaping=values;q=0.4,text/plain;escaping=dots;q=0.3`,
    PROTOBUF.withEscaping('values'),
  ],
  ['text of no version', 'text/plain', TEXT_0_0_4],
  ['OpenMetrics of no version', 'application/openmetrics-text', OPENMETRICS_1_0_0],
  ['an unknown version', 'application/openmetrics-text;version=9.9.9', TEXT_0_0_4],
  [
    'exactly the release candidate',
    'application/openmetrics-text;version=2.0.0',
    OPENMETRICS_2_0_0,
  ],
  [
    'the release candidate with underscores',
    'application/openmetrics-text;version=2.0.0;escaping=underscores',
    OPENMETRICS_2_0_0.withEscaping('underscores'),
  ],
  [
    'the release candidate, liked less',
    'application/openmetrics-text;version=2.0.0;q=0.5,application/openmetrics-text',
    OPENMETRICS_1_0_0,
  ],
  [
    'the release candidate, beside no version',
    'application/openmetrics-text,application/openmetrics-text;version=2.0.0',
    OPENMETRICS_2_0_0,
  ],
  ['half of a version', 'application/openmetrics-text;version=2', TEXT_0_0_4],
  ['text with a say in names', 'text/plain;version=1.0.0', TEXT_1_0_0],
  [
    'text 1.0.0 with every character as a value',
    'text/plain; version=1.0.0; escaping=values',
    TEXT_1_0_0.withEscaping('values'),
  ],
  ['text 1.0.0 ruled out', 'text/plain;version=1.0.0;q=0,text/plain', TEXT_0_0_4],
  [
    'text 0.0.4 with dots',
    'text/plain;version=0.0.4;escaping=dots',
    TEXT_0_0_4.withEscaping('dots'),
  ],
  [
    'a scheme in capitals',
    'text/plain;version=1.0.0;Escaping=Allow-UTF-8',
    TEXT_1_0_0.withEscaping('allow-utf-8'),
  ],
  [
    'a scheme in quotes',
    'text/plain;version=1.0.0;escaping="dots"',
    TEXT_1_0_0.withEscaping('dots'),
  ],
  ['a scheme that does not exist', 'text/plain;version=1.0.0;escaping=none', TEXT_1_0_0],
  [
    'the scheme of a clause that was not chosen',
    `${PROTOBUF_TYPE};escaping=dots;q=0.5,text/plain`,
    TEXT_0_0_4,
  ],
  [
    'the first of two schemes',
    'text/plain;version=1.0.0;escaping=underscores;escaping=dots',
    TEXT_1_0_0,
  ],
  [
    'text liked better, named last',
    'application/openmetrics-text;q=0.4,text/plain;q=0.5',
    TEXT_0_0_4,
  ],
  ['both liked alike, text first', 'text/plain,application/openmetrics-text', TEXT_0_0_4],
  [
    'both liked alike, OpenMetrics first',
    'application/openmetrics-text,text/plain',
    OPENMETRICS_1_0_0,
  ],
  ['a name beside any text', 'text/*,application/openmetrics-text', OPENMETRICS_1_0_0],
  ['OpenMetrics ruled out', 'application/openmetrics-text;q=0,*/*', TEXT_0_0_4],
  ['text ruled out', 'text/plain;q=0,*/*', OPENMETRICS_1_0_0],
  ['everything ruled out', '*/*;q=0', TEXT_0_0_4],
  ['capitals', 'Application/OpenMetrics-Text; Version=1.0.0; Q=0.5', OPENMETRICS_1_0_0],
  ['spaces', ' application/openmetrics-text ; version = 1.0.0 ; q = 1 ', OPENMETRICS_1_0_0],
  ['a quoted version', 'application/openmetrics-text;version="1.0.0"', OPENMETRICS_1_0_0],
  ['escapes in quotes', 'application/openmetrics-text;version="1\\.0.0"', OPENMETRICS_1_0_0],
  [
    'separators in quotes',
    'application/openmetrics-text;note=",;\\"";version=1.0.0',
    OPENMETRICS_1_0_0,
  ],
  [
    'the first of two versions',
    'application/openmetrics-text;version=1.0.0;version=9',
    OPENMETRICS_1_0_0,
  ],
  ['quotes in quotes', 'application/openmetrics-text;note="\\"";version=9.9.9', TEXT_0_0_4],
  [
    'a name, however light, beside anything',
    'application/openmetrics-text;q=0.1,*/*',
    OPENMETRICS_1_0_0,
  ],
  [
    'a name lighter than its kind',
    'text/*,text/plain;q=0.1,application/openmetrics-text;q=0.5',
    OPENMETRICS_1_0_0,
  ],
  ['a weight above the greatest', 'text/plain,application/openmetrics-text;q=2', TEXT_0_0_4],
  ['a weight that is not a number', 'application/openmetrics-text;q=NaN', TEXT_0_0_4],
  ['a weight that is negative', 'application/openmetrics-text;q=-1', TEXT_0_0_4],
  ['a weight that is missing', 'application/openmetrics-text;q=', TEXT_0_0_4],
  ['a quote that is not closed', 'application/openmetrics-text;a=",text/plain', OPENMETRICS_1_0_0],
  ['commas alone', ',,;,;;=,', TEXT_0_0_4],
];

describe('negotiate', () => {
  for (const [version, accept, format] of PROMETHEUS) {
    it(`answers Prometheus ${version} in ${format.name}`, () => {
      equal(negotiate(accept), format);
    });
  }

  for (const [what, accept, format] of OTHERS) {
    it(`answers ${what} in ${format.name}`, () => {
      equal(negotiate(accept), format);
    });
  }

  it('never throws', () => {
    const header = string({ unit: 'binary', maxLength: 200 });
    assert(
      property(header, (accept) => {
        const { escaping, contentType } = negotiate(accept);
        equal(negotiate(accept).withEscaping(escaping).contentType, contentType);
      }),
    );
  });

  // What is not linear takes minutes on these, not milliseconds.
  for (const part of ['"', ',', ';', 'a;q=1,', '\\"', '*/*,', ' ', ';version=1.0.0', '1', '"\\']) {
    it(`reads 100,000 characters of ${JSON.stringify(part)} in one pass`, () => {
      const long = part.repeat(100_000 / part.length);
      const start = performance.now();
      negotiate(`application/openmetrics-text;q=${long}`);
      negotiate(`application/openmetrics-text;x="${long}`);
      acceptsGzip(long);
      ok(performance.now() - start < 5_000);
    });
  }
});

describe('withEscaping()', () => {
  it('gives one format for a scheme, wherever it is asked for', () => {
    for (const format of [TEXT_0_0_4, TEXT_1_0_0, OPENMETRICS_1_0_0, OPENMETRICS_2_0_0, PROTOBUF]) {
      equal(format.withEscaping(format.escaping), format);
      const dots = format.withEscaping('dots');
      equal(dots.escaping, 'dots');
      equal(format.withEscaping('values').withEscaping('dots'), dots);
      equal(dots.withEscaping(format.escaping), format);
    }
  });

  it('refuses what is no scheme', () => {
    throws(() => TEXT_1_0_0.withEscaping('utf-8' as never), {
      name: 'RangeError',
      message:
        'format "text 1.0.0": unknown scheme, expected underscores, dots, values, allow-utf-8, got "utf-8"',
    });
  });
});

describe('acceptsGzip', () => {
  for (const [header, accepted] of [
    [undefined, false],
    [null, false],
    ['', false],
    ['gzip', true],
    ['GZIP', true],
    ['x-gzip', true],
    ['gzip;q=0', false],
    ['gzip;q=0.000', false],
    ['gzip;q=0.001', true],
    ['gzip;q=nonsense', false],
    ['identity', false],
    ['deflate, br', false],
    ['deflate, gzip;q=1.0, *;q=0.5', true],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['gzip;q=0.5, identity', false],
    ['gzip, identity;q=0.5', true],
    ['gzip, identity;q=0', true],
    ['br;q=1.0, gzip;q=0.8', true],
    ['not-gzip', false],
  ] as const) {
    it(`is ${accepted} for ${header === undefined ? 'no header' : JSON.stringify(header)}`, () => {
      equal(acceptsGzip(header), accepted);
    });
  }
});
