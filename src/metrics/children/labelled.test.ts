import { deepEqual, equal, notEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { sampleRows } from '../../../test/sample-lines.ts';
import type { MetricFamily } from '../../model/family.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import type { CollectorRegistry } from '../registry/registry.ts';

const requests = (registry: CollectorRegistry | null = null): Counter<['method', 'status']> =>
  new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'status'],
    registry,
  });

/** A call as plain JavaScript may make it. */
type AnyCall = (...given: readonly unknown[]) => unknown;

describe('labels()', () => {
  it('returns one child for the same values, by name in any order or by position', () => {
    const counter = requests();
    const child = counter.labels('GET', '200');
    equal(counter.labels('GET', '200'), child);
    equal(counter.labels('GET', 200), child);
    equal(counter.labels({ method: 'GET', status: '200' }), child);
    equal(counter.labels({ status: 200, method: 'GET' }), child);
    notEqual(counter.labels('200', 'GET'), child);
    child.inc();
    deepEqual(sampleRows(counter), [
      ['GET', '200', 1],
      ['200', 'GET', 0],
    ]);
  });

  it('takes numbers as JavaScript writes them', () => {
    const gauge = new Gauge({ name: 'x', help: 'X.', labelNames: ['n'], registry: null });
    for (const value of [0, -0, 1.5, 1e21, Number.NaN, -Infinity]) gauge.labels(value);
    deepEqual(
      sampleRows(gauge).map(([n]) => n),
      ['0', '1.5', '1e+21', 'NaN', '-Infinity'],
    );
    equal(gauge.labels(1e21), gauge.labels('1e+21'));
  });

  it('takes empty values, which are values too', () => {
    const counter = requests();
    notEqual(counter.labels('', 'a'), counter.labels('a', ''));
    equal(counter.labels('', ''), counter.labels({ method: '', status: '' }));
  });

  it('tells apart values that would meet if they were joined', () => {
    const counter = requests();
    const pairs = [
      ['x|y', 'z'],
      ['x', 'y|z'],
      ['1,status:2', '3'],
      ['1', '2,status:3'],
      ['a\u0000', 'b'],
      ['a', '\u0000b'],
      ['"', '\n'],
      ['\n', '"'],
    ] as const;
    const children = new Set(pairs.map(([method, status]) => counter.labels(method, status)));
    equal(children.size, pairs.length);
  });

  it('takes the names of objects’ own properties as values', () => {
    const counter = requests();
    for (const value of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      counter.labels(value, value).inc();
      counter.labels({ method: value, status: value }).inc();
    }
    deepEqual(
      sampleRows(counter),
      ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((value) => [value, value, 2]),
    );
  });

  it('takes the names of objects’ own properties as names, where the object has them itself', () => {
    const gauge = new Gauge({
      name: 'x',
      help: 'X.',
      labelNames: ['constructor', 'toString'],
      registry: null,
    });
    gauge.labels({ constructor: 'a', toString: 'b' } as never).set(1);
    deepEqual(sampleRows(gauge), [['a', 'b', 1]]);
    throws(() => gauge.labels({ a: 1, b: 2 } as never), {
      name: 'TypeError',
      message: 'gauge "x": wrong labels, expected ["constructor", "toString"], got ["a", "b"]',
    });
  });

  it('takes half a surrogate pair for U+FFFD, so that no two children are written as one series', () => {
    const counter = requests();
    const child = counter.labels('\ud800', 'ok');
    equal(counter.labels('\udfff', 'ok'), child);
    equal(counter.labels({ method: '\ufffd', status: 'ok' }), child);
    notEqual(counter.labels('\ud83d\ude00', 'ok'), child);
    const other = counter.labels('\ufffd', '\udc00');
    equal(counter.labels('\udfff', '\ud800'), other);
    equal(counter.labels('\ufffd', '\ud800'), other);
    deepEqual(sampleRows(counter), [
      ['\ufffd', 'ok', 0],
      ['\ufffd', '\ufffd', 0],
      ['😀', 'ok', 0],
    ]);
    equal(counter.remove('\udbff', 'ok'), true);
    equal(sampleRows(counter).length, 2);
  });

  it('keeps nothing of the object that it is given', () => {
    const counter = requests();
    const labels = { method: 'GET', status: '200' };
    const child = counter.labels(labels);
    labels.method = 'POST';
    child.inc();
    counter.labels(labels).inc(5);
    deepEqual(sampleRows(counter), [
      ['GET', '200', 1],
      ['POST', '200', 5],
    ]);
  });

  for (const isThere of [true, false]) {
    const child = isThere ? 'is there' : 'is not there yet';
    const made = (): Counter<['method', 'status']> => {
      const counter = requests();
      if (isThere) counter.labels('GET', '200');
      return counter;
    };

    it(`takes what an object has from its prototype, where the child ${child}`, () => {
      const counter = made();
      const labels = Object.assign(Object.create({ status: '200' }), { method: 'GET' });
      equal(counter.labels(labels), counter.labels('GET', '200'));
    });

    it(`passes over what somebody gave all objects, where the child ${child}`, (context) => {
      Object.assign(Object.prototype, { given: 'by some library' });
      context.after(() => Reflect.deleteProperty(Object.prototype, 'given'));
      const counter = made();
      const labels = { method: 'GET', status: '200' };
      equal(counter.labels(labels), counter.labels('GET', '200'));
      equal(counter.labels({ status: '200', method: 'GET' }), counter.labels('GET', '200'));
    });

    it(`refuses an unknown label beside getters of a class, where the child ${child}`, () => {
      class Route {
        status = '200';
        path = '/';
        get method(): string {
          return 'GET';
        }
      }
      const counter = made();
      throws(() => counter.labels(new Route()), {
        name: 'TypeError',
        message:
          'counter "http_requests_total": wrong labels, expected ["method", "status"], got ["status", "path"]',
      });
    });
  }

  it('takes objects frozen, without prototype, and of a class', () => {
    class Route {
      method = 'GET';
      status = 200;
    }
    const counter = requests();
    const child = counter.labels(new Route());
    equal(counter.labels(Object.freeze({ method: 'GET', status: 200 })), child);
    equal(counter.labels(Object.assign(Object.create(null), new Route())), child);
  });

  const refused: readonly (readonly [readonly unknown[], string])[] = [
    [[], 'wrong number of label values, expected 2 for ["method", "status"], got []'],
    [['GET'], 'wrong number of label values, expected 2 for ["method", "status"], got ["GET"]'],
    [
      ['GET', '200', 'x'],
      'wrong number of label values, expected 2 for ["method", "status"], got ["GET", "200", "x"]',
    ],
    [
      ['GET', undefined],
      'label "status" has no usable value, expected a string or number, got undefined',
    ],
    [[null, '200'], 'label "method" has no usable value, expected a string or number, got null'],
    [['GET', true], 'label "status" has no usable value, expected a string or number, got true'],
    [['GET', 200n], 'label "status" has no usable value, expected a string or number, got 200n'],
    [
      ['GET', Symbol('s')],
      'label "status" has no usable value, expected a string or number, got Symbol(s)',
    ],
    [
      ['GET', { code: 200 }],
      'label "status" has no usable value, expected a string or number, got an object',
    ],
    [[{ method: 'GET' }], 'wrong labels, expected ["method", "status"], got ["method"]'],
    [[{}], 'wrong labels, expected ["method", "status"], got []'],
    [
      [{ method: 'GET', status: 200, path: '/' }],
      'wrong labels, expected ["method", "status"], got ["method", "status", "path"]',
    ],
    [
      [{ method: 'GET', code: 200 }],
      'wrong labels, expected ["method", "status"], got ["method", "code"]',
    ],
    [
      [{ method: 'GET', status: undefined }],
      'label "status" has no usable value, expected a string or number, got undefined',
    ],
    [
      [{ method: 'GET', status: [200] }],
      'label "status" has no usable value, expected a string or number, got [200]',
    ],
    [
      [{ method: 'GET', status: 200 }, 'x'],
      'wrong labels, expected ["method", "status"], got ["method", "status"]',
    ],
    [[['GET', '200']], 'wrong labels, expected ["method", "status"], got ["0", "1"]'],
    [
      [JSON.parse('{ "method": "GET", "__proto__": "200" }')],
      'wrong labels, expected ["method", "status"], got ["method", "__proto__"]',
    ],
  ];
  for (const [given, message] of refused) {
    it(`refuses with "${message}"`, () => {
      for (const known of [false, true]) {
        const counter = requests();
        // What is refused does not depend on which children there are.
        if (known) counter.labels('GET', '200');
        for (const call of ['labels', 'remove'] as const) {
          throws(() => (counter[call] as AnyCall)(...given), {
            name: 'TypeError',
            message: `counter "http_requests_total": ${message}`,
          });
        }
        equal(sampleRows(counter).length, known ? 1 : 0);
      }
    });
  }

  for (let depth = 1; depth <= 7; depth++) {
    it(`shares no child between different values of ${depth} labels, however they are given`, () => {
      const labelNames = Array.from({ length: depth }, (_, i) => `l${i}`);
      const value = fc.oneof(
        fc.constantFrom('', 'a', 'b', '__proto__', 'a,b', '|'),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      );
      const values = fc.array(value, { minLength: depth, maxLength: depth });
      fc.assert(
        fc.property(fc.array(fc.tuple(values, fc.boolean()), { maxLength: 30 }), (calls) => {
          const counter = new Counter({ name: 'x_total', help: 'X.', labelNames, registry: null });
          const model = new Map<string, readonly [...string[], number]>();
          for (const [given, byName] of calls) {
            const labels = Object.fromEntries(given.map((text, i) => [`l${i}`, text]));
            if (byName) counter.labels(labels).inc();
            else (counter.labels as (...values: string[]) => Counter)(...given).inc();
            for (const name of labelNames) labels[name] = 'changed';
            const key = JSON.stringify(given);
            model.set(key, [...given, ((model.get(key)?.at(-1) as number) ?? 0) + 1]);
          }
          const shown = sampleRows(counter).map((line) => JSON.stringify(line));
          deepEqual(
            shown.sort(),
            Array.from(model.values(), (line) => JSON.stringify(line)).sort(),
          );
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe('a metric with labels', () => {
  it('tells how it was declared', () => {
    const { type, name, help, labelNames } = requests();
    deepEqual(
      [type, name, help, [...labelNames]],
      ['counter', 'http_requests_total', 'Requests answered.', ['method', 'status']],
    );
    equal(Object.isFrozen(labelNames), true);
  });

  it('is a family without samples before its first child', () => {
    const [family] = requests().collect() as MetricFamily[];
    equal(family!.name, 'http_requests');
    deepEqual([...family!.samples], []);
  });

  for (const method of ['inc', 'reset', 'countExceptions', 'setFunction']) {
    it(`refuses ${method}() without label values`, () => {
      const counter = requests();
      throws(() => (counter as unknown as Record<string, () => void>)[method]!(), {
        name: 'TypeError',
        message: `counter "http_requests_total": ${method}() called on a metric with labels, expected labels({ method: …, status: … }).${method}(), got ${method}()`,
      });
      deepEqual(Object.keys(counter), []);
    });
  }

  for (const method of [
    'dec',
    'set',
    'observe',
    'info',
    'state',
    'startTimer',
    'time',
    'trackInProgress',
    'setToCurrentTime',
  ]) {
    it(`refuses ${method}() without advising it, since its children have none`, () => {
      const counter = requests();
      throws(() => (counter as unknown as Record<string, () => void>)[method]!(), {
        name: 'TypeError',
        message: `counter "http_requests_total": ${method}() is not a method of its type, expected labels({ method: …, status: … }) and then inc, reset, countExceptions, setFunction, got ${method}()`,
      });
    });
  }
});
