/** One broken family costs itself alone, and every exposition stays one that servers read. */

import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import type { FamilyWriter, MetricFamily } from '../model/family.ts';
import { toOpenMetrics, toText, writeText } from './format.ts';
import { OPENMETRICS_1_0_0, OPENMETRICS_2_0_0, TEXT_0_0_4 } from './formats.ts';
import { parseOpenMetrics, parseText } from './index.ts';
import { toProtobuf } from './protobuf/protobuf.ts';
import { joinText, type Source } from './write.ts';

const FORMATS = [TEXT_0_0_4, OPENMETRICS_1_0_0, OPENMETRICS_2_0_0];

function gauge(name: string): MetricFamily {
  return handMadeFamily({ name, type: 'gauge' }, [(writer) => writer.number(1)]);
}

function fail(): never {
  throw new Error('no value');
}

const OMISSIONS = `# HELP promethium_exposition_omissions What this exposition does not show: families by name, label, walk or shape, points by format.
# TYPE promethium_exposition_omissions gauge
`;

describe('a family that throws', () => {
  it('is left out and counted, wherever it throws', async () => {
    const families: Record<string, MetricFamily> = {
      'at once': { ...gauge('b'), walk: fail },
      'before it begins': { ...gauge('b'), walk: () => ({ advance: fail, close() {} }) },
      'behind its header': handMadeFamily({ name: 'b', type: 'gauge' }, [fail]),
      'behind a metric': handMadeFamily({ name: 'b', type: 'gauge' }, [(w) => w.number(1), fail]),
      'within a line': handMadeFamily({ name: 'b', type: 'stateset' }, [
        (writer) => writer.stateSet(['on', 'off'], (state) => state === 0 || fail()),
      ]),
    };
    for (const [where, family] of Object.entries(families)) {
      const errors: unknown[] = [];
      const onError = (error: unknown): unknown => errors.push(error);
      const source = { collect: () => [gauge('a'), family, gauge('d')] };
      equal(
        await toText(source, { onError }),
        `# HELP a Help.\n# TYPE a gauge\na 1\n# HELP d Help.\n# TYPE d gauge\nd 1\n${OMISSIONS}promethium_exposition_omissions{family="b",reason="walk"} 1\n`,
        where,
      );
      equal(errors.length, 1, where);
    }
  });

  it('is counted with those whose names become one on their way to UTF-8', async () => {
    const families = ['b\ud800', 'b\ud801'].map((name) => ({ ...gauge(name), walk: fail }));
    equal(
      await toText(families, { escaping: 'allow-utf-8' }),
      `${OMISSIONS}promethium_exposition_omissions{family="b\ufffd",reason="walk"} 2\n`,
    );
  });

  it('is shown up to the last chunk that was handed on, and the rest goes on behind it', async () => {
    let closed = 0;
    function* metrics(): Generator<(writer: FamilyWriter) => void> {
      for (let i = 0; i < 10_000; i++) {
        yield (writer) => {
          writer.label(0, `${i}`);
          writer.number(i);
        };
      }
      fail();
    }
    for (const format of FORMATS) {
      const family = handMadeFamily(
        { name: 'b', type: 'gauge', labelNames: ['c'] },
        { [Symbol.iterator]: metrics },
        () => closed++,
      );
      const text = await joinText(
        format.write({ collect: () => [gauge('a'), family, gauge('d')] }),
      );
      const lines = text.split('\n').filter((line) => /^[a-z]/.test(line));
      const last = lines.length - 3;
      ok(last > 3000 && last < 10_000, `${last} metrics are shown`);
      deepEqual(lines.slice(0, 2), ['a 1', 'b{c="0"} 0']);
      deepEqual(lines.slice(-3), [
        `b{c="${last - 1}"} ${last - 1}`,
        'd 1',
        'promethium_exposition_omissions{family="b",reason="walk"} 1',
      ]);
    }
    equal(closed, 3);
  });

  it('keeps sums and counts of the gauge histograms that are shown, and of the family before', async () => {
    const bounds = Array.from({ length: 4000 }, (_, i) => i);
    const point = (size: number) => (writer: FamilyWriter) =>
      writer.histogram({
        bounds: bounds.slice(0, size),
        cells: new Float64Array(size + 1),
        index: 0,
        cumulative: false,
        sum: size,
        created: undefined,
        exemplars: undefined,
      });
    const header = { type: 'gaugehistogram', help: 'Help.' } as const;
    const before = handMadeFamily({ ...header, name: 'a' }, [point(0)]);
    const short = handMadeFamily({ ...header, name: 'b' }, [point(0), fail]);
    // The second point fills the chunk, which is handed on; the third belongs to the next.
    const long = handMadeFamily({ ...header, name: 'c' }, [point(1), point(3999), point(2), fail]);
    const text = await toText({ collect: () => [before, short, long, gauge('d')] });
    const lines = text.split('\n').filter((line) => /^[a-z]/.test(line) && !/_bucket/.test(line));
    deepEqual(lines, [
      'a_gcount 0',
      'a_gsum 0',
      'c_gcount 0',
      'c_gcount 0',
      'c_gsum 1',
      'c_gsum 3999',
      'd 1',
      'promethium_exposition_omissions{family="b",reason="walk"} 1',
      'promethium_exposition_omissions{family="c",reason="walk"} 1',
    ]);
  });

  it('does not spoil the bounds of the next one', async () => {
    const bounds = [1, 2];
    const cells = [1, 1, 1];
    const shared = { cells, index: 0, cumulative: false, sum: 4, exemplars: undefined };
    const write = (own: readonly number[]) => (writer: FamilyWriter) =>
      writer.histogram({ ...shared, bounds: own, created: undefined });
    const source = {
      collect: () => [
        handMadeFamily({ name: 'a', type: 'histogram' }, [write(bounds)]),
        handMadeFamily({ name: 'b', type: 'histogram' }, [write([7, Symbol('8') as never])]),
        handMadeFamily({ name: 'c', type: 'histogram' }, [write(bounds)]),
      ],
    };
    const lines = (await toText(source)).split('\n').filter((line) => /^c_bucket/.test(line));
    deepEqual(lines, ['c_bucket{le="1.0"} 1', 'c_bucket{le="2.0"} 2', 'c_bucket{le="+Inf"} 3']);
  });

  it('leaves what parsers read, whatever was written before', async () => {
    const failing = fc.record({
      count: fc.nat({ max: 6000 }),
      type: fc.constantFrom('gauge' as const, 'histogram' as const, 'gaugehistogram' as const),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(failing, { maxLength: 4 }), async (plans) => {
        const families = plans.map(({ count, type, fails }, n) => {
          const write = (writer: FamilyWriter, i: number): void => {
            writer.label(0, `${i}`);
            if (type === 'gauge') writer.number(i);
            else
              writer.histogram({
                bounds: [1],
                cells: [1, 2],
                index: 0,
                cumulative: false,
                sum: 3,
                created: undefined,
                exemplars: undefined,
              });
          };
          const metrics = Array.from({ length: count }, (_, i) => (w: FamilyWriter) => write(w, i));
          if (fails) metrics.push(fail);
          return handMadeFamily({ name: `f${n}`, type, labelNames: ['i'] }, metrics);
        });
        const source = { collect: () => families };
        parseText(await joinText(TEXT_0_0_4.write(source)));
        const parsed = parseOpenMetrics(await joinText(OPENMETRICS_1_0_0.write(source)));
        const omitted = plans.filter(({ fails }) => fails).length;
        const isCounted = parsed.at(-1)?.name === 'promethium_exposition_omissions';
        equal(isCounted ? [...parsed.at(-1)!.samples].length : 0, omitted);
      }),
      { numRuns: 15 },
    );
  });
});

describe('what is no family', () => {
  const CASES: readonly [made: object | null, family: string, message: string][] = [
    [null, '', 'family: has the wrong shape, expected an object, got null'],
    [{}, '', 'family: has the wrong shape, expected a name, got undefined'],
    [
      { name: 'b' },
      'b',
      'family "b": has the wrong shape, expected a type such as "counter", got undefined',
    ],
    [
      { ...gauge('b'), help: 5 },
      'b',
      'family "b": has the wrong shape, expected a help text, got 5',
    ],
    [
      { ...gauge('b'), unit: undefined },
      'b',
      'family "b": has the wrong shape, expected a unit or "", got undefined',
    ],
    [
      { ...gauge('b'), labelNames: undefined },
      'b',
      'family "b": has the wrong shape, expected labelNames as an array, got undefined',
    ],
    [
      { ...gauge('b'), constantLabels: { c: 'd' } },
      'b',
      'family "b": has the wrong shape, expected constantLabels as an array, got an object',
    ],
    [
      { ...gauge('b'), walk: 1 },
      'b',
      'family "b": has the wrong shape, expected a method walk(), got 1',
    ],
  ];
  for (const [made, family, message] of CASES) {
    it(`is left out and counted: ${message}`, async () => {
      const errors: unknown[] = [];
      const onError = (error: unknown): unknown => errors.push(String(error));
      const source = { collect: () => [gauge('a'), made as MetricFamily, gauge('d')] };
      equal(
        await toText(source, { onError }),
        `# HELP a Help.\n# TYPE a gauge\na 1\n# HELP d Help.\n# TYPE d gauge\nd 1\n${OMISSIONS}promethium_exposition_omissions{family="${family}",reason="shape"} 1\n`,
      );
      deepEqual(errors, [`TypeError: ${message}`]);
    });
  }
});

describe('an option that is unknown', () => {
  const expected = 'exposition: unknown option, expected created, escaping, pause, onError';
  for (const [write, options, got, more = ''] of [
    [toText, { creatd: true }, 'creatd'],
    [toText, { version: '1.0.0' }, 'version'],
    [toOpenMetrics, { version: '2.0.0', creatd: true }, 'creatd', ', version'],
    [toProtobuf, { scheme: 'dots' }, 'scheme'],
  ] as const) {
    it(`is refused by ${write.name}: ${got}`, async () => {
      const refused = { name: 'TypeError', message: `${expected}${more}, got "${got}"` };
      // At once, or by the promise.
      await rejects(async () => write([], options as object), refused);
    });
  }
});

describe('what is no source', () => {
  for (const [source, got] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, 'an object'],
    ['abc', '"abc"'],
  ]) {
    it(`is refused where it is handed over: ${got}`, () => {
      const message = `exposition: no source, expected an object with collect(), a family, or several of them, got ${got}`;
      throws(() => toText(source as Source), { name: 'TypeError', message });
      throws(() => writeText(source as Source), { name: 'TypeError', message });
    });
  }

  it('is refused among several', async () => {
    await rejects(toText([{ collect: () => [gauge('a')] }, 5 as never]), {
      name: 'TypeError',
      message: 'exposition: no collector, expected an object with collect() or a family, got 5',
    });
  });
});
