/** Requests, and what every adapter of HTTP answers to them. */

import type { MetricsHandlerOptions } from '../../src/http/index.ts';
import type { Collector } from '../../src/model/family.ts';
import { CounterMetricFamily } from '../../src/model/number-families.ts';

/** A request as a test writes it. */
export interface Question {
  readonly method?: string;
  /** What follows the path of the metrics: `?name[]=up`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const TEXT = '# HELP up Numbers.\n# TYPE up gauge\nup{n="0"} 0\nup{n="1"} 1\n';
const OPENMETRICS = '# TYPE up gauge\n# HELP up Numbers.\nup{n="0"} 0\nup{n="1"} 1\n# EOF\n';
const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const SENTENCE_TYPE = 'text/plain; charset=utf-8';
const SCRAPED = {
  'cache-control': 'no-store',
  'content-type': TEXT_TYPE,
  vary: 'Accept, Accept-Encoding',
};
const COMPRESSED = { ...SCRAPED, 'content-encoding': 'gzip' };

/** A request, and the answer that every adapter gives to it where {@linkcode gauges} are served. */
export interface Case extends Question {
  readonly claim: string;
  readonly options?: MetricsHandlerOptions;
  readonly status: number;
  readonly answers: Readonly<Record<string, string>>;
  /** The body, after decompression where it was compressed. */
  readonly body: string;
}

/** A counter that says when it began. */
const BEGUN: Collector = {
  collect: () => [
    new CounterMetricFamily({ name: 'sent', help: 'Sent.' }).addMetric([], 3, {
      created: 1_700_000_000,
    }),
  ],
};

/** The answer of one sentence. */
export function sentence(
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Pick<Case, 'answers' | 'body'> {
  return {
    answers: {
      'cache-control': 'no-store',
      'content-type': SENTENCE_TYPE,
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    },
    body,
  };
}

const STRANGER = 'These metrics are shown to those who know the password or token.\n';
const BASIC = { basicAuth: { username: 'prometheus', password: 'pässword:1' } };
const BEARER = { bearerToken: 'abc.DEF-123~+/=' };
const TO_BASIC = sentence(STRANGER, {
  'www-authenticate': 'Basic realm="metrics", charset="UTF-8"',
});
const TO_BEARER = sentence(STRANGER, { 'www-authenticate': 'Bearer realm="metrics"' });

function basic(userAndPassword: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(userAndPassword).toString('base64')}` };
}

/** The table. */
export const CASES: readonly Case[] = [
  { claim: 'answers GET with the text format', status: 200, answers: SCRAPED, body: TEXT },
  {
    claim: 'answers HEAD with the headers of GET and no body',
    method: 'HEAD',
    status: 200,
    answers: SCRAPED,
    body: '',
  },
  {
    claim: 'answers HEAD as compressed where GET would be',
    method: 'HEAD',
    headers: { 'accept-encoding': 'gzip' },
    status: 200,
    answers: COMPRESSED,
    body: '',
  },
  {
    claim: 'answers OPTIONS with the methods there are',
    method: 'OPTIONS',
    status: 204,
    answers: { allow: 'GET, HEAD, OPTIONS' },
    body: '',
  },
  ...['POST', 'PUT', 'DELETE', 'PATCH'].map((method) => ({
    claim: `refuses ${method}`,
    method,
    status: 405,
    ...sentence('This address answers GET, HEAD, OPTIONS and no other method.\n', {
      allow: 'GET, HEAD, OPTIONS',
    }),
  })),
  {
    claim: 'answers in OpenMetrics where that is preferred',
    headers: {
      accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5',
    },
    status: 200,
    answers: {
      ...SCRAPED,
      'content-type':
        'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
    },
    body: OPENMETRICS,
  },
  {
    claim: 'answers with names in the scheme that is asked for, and says so',
    headers: { accept: 'text/plain;version=1.0.0;escaping=allow-utf-8,*/*;q=0.5' },
    status: 200,
    answers: {
      ...SCRAPED,
      'content-type': 'text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8',
    },
    body: TEXT,
  },
  {
    claim: 'compresses where gzip is accepted',
    headers: { 'accept-encoding': 'br, gzip' },
    status: 200,
    answers: COMPRESSED,
    body: TEXT,
  },
  {
    claim: 'does not compress where gzip is refused',
    headers: { 'accept-encoding': 'gzip;q=0, deflate' },
    status: 200,
    answers: SCRAPED,
    body: TEXT,
  },
  {
    claim: 'does not compress where compression is disabled',
    options: { disableCompression: true },
    headers: { 'accept-encoding': 'gzip' },
    status: 200,
    answers: { ...SCRAPED, vary: 'Accept' },
    body: TEXT,
  },
  {
    claim: 'ignores blank names and parameters of others',
    query: '?name[]=&name%5B%5D=%20&debug=1&name=x',
    status: 200,
    answers: SCRAPED,
    body: TEXT,
  },
  {
    claim: 'reads a query as long as allowed',
    options: { maxQueryLength: 12 },
    query: '?a=1234567890',
    status: 200,
    answers: SCRAPED,
    body: TEXT,
  },
  ...[undefined, true].map((created) => ({
    claim: created ? 'shows start times where told to' : 'shows no start times unless told to',
    options: { registry: BEGUN, ...(created && { created }) },
    headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    status: 200,
    answers: {
      ...SCRAPED,
      'content-type':
        'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
    },
    body: `# TYPE sent counter\n# HELP sent Sent.\nsent_total 3\n${created ? 'sent_created 1700000000\n' : ''}# EOF\n`,
  })),
  {
    claim: 'refuses a query longer than allowed',
    options: { maxQueryLength: 12 },
    query: '?a=12345678901',
    status: 414,
    ...sentence('The query is too long: at most 12 characters are read.\n'),
  },
  {
    claim: 'refuses more names than allowed, however alike',
    options: { maxNames: 2 },
    query: '?name[]=a&name[]=a&name[]=a',
    status: 400,
    ...sentence('The query has too many names: at most 2 are read.\n'),
  },
  {
    claim: 'refuses by HEAD what it refuses by GET, without the sentence',
    options: { maxNames: 1 },
    method: 'HEAD',
    query: '?name[]=a&name[]=b',
    status: 400,
    answers: sentence('The query has too many names: at most 1 are read.\n').answers,
    body: '',
  },
  {
    claim: 'lets in the user with the password',
    options: BASIC,
    headers: basic('prometheus:pässword:1'),
    status: 200,
    answers: SCRAPED,
    body: TEXT,
  },
  {
    claim: 'reads the scheme in any case',
    options: BASIC,
    headers: {
      authorization: basic('prometheus:pässword:1').authorization.replace('Basic', 'bASIC'),
    },
    status: 200,
    answers: SCRAPED,
    body: TEXT,
  },
  {
    claim: 'refuses a wrong password',
    options: BASIC,
    headers: basic('prometheus:pässword:2'),
    status: 401,
    ...TO_BASIC,
  },
  {
    claim: 'refuses a wrong user',
    options: BASIC,
    headers: basic('Prometheus:pässword:1'),
    status: 401,
    ...TO_BASIC,
  },
  { claim: 'refuses whoever says nothing', options: BASIC, status: 401, ...TO_BASIC },
  {
    claim: 'refuses a token where a password is asked for',
    options: BASIC,
    headers: { authorization: `Bearer ${basic('prometheus:pässword:1').authorization.slice(6)}` },
    status: 401,
    ...TO_BASIC,
  },
  {
    claim: 'refuses strangers before it looks at the method',
    options: BASIC,
    method: 'OPTIONS',
    status: 401,
    ...TO_BASIC,
  },
  {
    claim: 'refuses strangers by HEAD without the sentence',
    options: BASIC,
    method: 'HEAD',
    status: 401,
    ...TO_BASIC,
    body: '',
  },
  {
    claim: 'lets in the bearer of the token',
    options: BEARER,
    headers: { authorization: 'Bearer abc.DEF-123~+/=' },
    status: 200,
    answers: SCRAPED,
    body: TEXT,
  },
  {
    claim: 'refuses a token that begins like the right one',
    options: BEARER,
    headers: { authorization: 'Bearer abc.DEF-123~+/' },
    status: 401,
    ...TO_BEARER,
  },
  {
    claim: 'refuses a token without its scheme',
    options: BEARER,
    headers: { authorization: 'abc.DEF-123~+/=' },
    status: 401,
    ...TO_BEARER,
  },
  {
    claim: 'refuses an empty token',
    options: BEARER,
    headers: { authorization: 'Bearer ' },
    status: 401,
    ...TO_BEARER,
  },
];
