import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricType } from './family.ts';
import {
  claimedNames,
  familyName,
  isLegacyLabelName,
  isLegacyMetricName,
  isMetricType,
  typeSuffix,
  validateLabelNames,
} from './name.ts';

describe('familyName', () => {
  it('leaves out the suffix that belongs to the type, once', () => {
    equal(familyName('counter', 'sent_bytes_total'), 'sent_bytes');
    equal(familyName('counter', 'sent_bytes'), 'sent_bytes');
    equal(familyName('counter', 'x_total_total'), 'x_total');
    equal(familyName('info', 'build_info'), 'build');
    equal(familyName('gauge', 'x_total'), 'x_total');
    equal(familyName('counter', 'x_info'), 'x_info');
  });

  for (const name of [
    ...['a', '_', ':', 'job:requests:rate5m', 'A9_', '__proto__', 'constructor'],
    ...['9a', 'a b', 'a-b', 'http.requests', 'é', 'a\n', 'a"b', '\0', '🦀', '_total'],
  ]) {
    it(`takes ${JSON.stringify(name)}`, () => equal(familyName('gauge', name), name));
  }

  it('leaves out the suffix of names that are no words', () => {
    equal(familyName('counter', 'http.requests_total'), 'http.requests');
    equal(familyName('counter', 'http.requests.total'), 'http.requests.total');
    equal(familyName('info', '🦀_info'), '🦀');
  });

  for (const name of ['', '\ud800', 'a\udc00b', '\udc00\ud800']) {
    const shown = JSON.stringify(name);
    it(`refuses ${shown}`, () => {
      throws(() => familyName('gauge', name), {
        name: 'RangeError',
        message: `gauge ${shown}: not a metric name, expected text ${name === '' ? 'that is not empty' : 'without half surrogate pairs'}, got ${shown}`,
      });
    });
  }

  it('refuses a name that is nothing but its suffix', () => {
    throws(() => familyName('counter', '_total'), {
      name: 'RangeError',
      message: 'counter "_total": not a metric name, expected text before "_total", got "_total"',
    });
  });

  it('refuses a state set whose name cannot be that of its label', () => {
    for (const name of ['_breaker', 'circuit.breaker', '9', '_ _']) {
      equal(familyName('stateset', name), name);
    }
    for (const name of ['job:breaker', '__breaker']) {
      throws(() => familyName('stateset', name, 'enum'), {
        name: 'RangeError',
        message: `enum "${name}": not a label name, which the label of its states needs, expected text without ":", not "__" first, got "${name}"`,
      });
    }
  });

  it('refuses what is no string, under the word given', () => {
    for (const [name, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [7, '7'],
      [{}, 'an object'],
      [['a'], '["a"]'],
    ] as const) {
      throws(() => familyName('stateset', name as never, 'enum'), {
        name: 'TypeError',
        message: `enum ${shown}: the name is no string, expected a metric name, got ${shown}`,
      });
    }
  });
});

describe('validateLabelNames', () => {
  const validate = (labelNames: unknown, type: MetricType = 'counter'): void =>
    validateLabelNames('metric "x"', { name: 'x', type }, labelNames as string[]);

  it('takes label names, those of objects’ own properties among them', () => {
    validate([]);
    validate(['method', '_', 'A9', 'constructor', 'toString', 'le', 'quantile', 'x']);
    validate(['9a', 'http.method', 'a-b', 'a:b', 'a b', 'é', 'a\n', '🦀', 'a_b', 'a.b']);
    validate(['le'], 'summary');
    validate(['quantile'], 'histogram');
    validate(['le', 'quantile'], 'stateset');
  });

  const refused: readonly (readonly [unknown, MetricType, string, string])[] = [
    [
      'method',
      'counter',
      'TypeError',
      'label names are no list, expected an array of strings, got "method"',
    ],
    [
      null,
      'counter',
      'TypeError',
      'label names are no list, expected an array of strings, got null',
    ],
    [['a', 7], 'counter', 'TypeError', 'label name 1 is no string, expected a label name, got 7'],
    [
      new Array(1),
      'counter',
      'TypeError',
      'label name 0 is no string, expected a label name, got undefined',
    ],
    ...['', '\ud800', 'a\udc00'].map(
      (label) =>
        [
          [label],
          'counter',
          'RangeError',
          `not a label name, expected text ${label === '' ? 'that is not empty' : 'without half surrogate pairs'}, got ${JSON.stringify(label)}`,
        ] as const,
    ),
    [
      ['__name__'],
      'counter',
      'RangeError',
      'reserved label name, expected another name, got "__name__"',
    ],
    [
      ['__proto__'],
      'gauge',
      'RangeError',
      'reserved label name, expected another name, got "__proto__"',
    ],
    [['le'], 'histogram', 'RangeError', 'reserved label name, expected another name, got "le"'],
    [
      ['le'],
      'gaugehistogram',
      'RangeError',
      'reserved label name, expected another name, got "le"',
    ],
    [
      ['quantile'],
      'summary',
      'RangeError',
      'reserved label name, expected another name, got "quantile"',
    ],
    [['x'], 'stateset', 'RangeError', 'reserved label name, expected another name, got "x"'],
    [
      ['a', 'b', 'a'],
      'counter',
      'RangeError',
      'label name given twice, expected different names, got "a"',
    ],
  ];
  for (const [given, type, name, message] of refused) {
    it(`refuses for a ${type} with "${message}"`, () => {
      throws(() => validate(given, type), { name, message: `metric "x": ${message}` });
    });
  }
});

describe('claimedNames', () => {
  const claims: readonly (readonly [MetricType, readonly string[]])[] = [
    ['counter', ['x', 'x_total', 'x_created']],
    ['gauge', ['x']],
    ['summary', ['x', 'x_sum', 'x_count', 'x_created']],
    ['histogram', ['x', 'x_bucket', 'x_sum', 'x_count', 'x_created']],
    ['gaugehistogram', ['x', 'x_bucket', 'x_gsum', 'x_gcount']],
    ['info', ['x', 'x_info']],
    ['stateset', ['x']],
    ['unknown', ['x']],
  ];
  for (const [type, names] of claims) {
    it(`lists what lines of a ${type} may be called`, () => {
      deepEqual(claimedNames({ name: 'x', type }), names);
      equal(isMetricType(type), true);
    });
  }
});

describe('isMetricType', () => {
  it('is false for what is no type of OpenMetrics', () => {
    for (const type of ['untyped', '', 'Counter', 'toString', '__proto__', undefined, null, 7]) {
      equal(isMetricType(type), false);
    }
  });
});

describe('isLegacyMetricName and isLegacyLabelName', () => {
  it('are true of letters, digits and "_", no digit first; of metrics also with ":"', () => {
    for (const name of ['a', '_', 'A9_', '__name__']) {
      equal(isLegacyMetricName(name), true);
      equal(isLegacyLabelName(name), true);
    }
    for (const name of ['', '9a', 'a b', 'a.b', 'é', 'a\n', '\na']) {
      equal(isLegacyMetricName(name), false);
      equal(isLegacyLabelName(name), false);
    }
    equal(isLegacyMetricName(':a:'), true);
    equal(isLegacyLabelName('a:b'), false);
  });
});

describe('typeSuffix', () => {
  it('is what belongs to counters and info metrics, and nothing for other types', () => {
    equal(typeSuffix('counter'), '_total');
    equal(typeSuffix('info'), '_info');
    for (const type of ['gauge', 'summary', 'histogram', 'stateset', 'unknown'] as const) {
      equal(typeSuffix(type), '');
    }
  });
});
