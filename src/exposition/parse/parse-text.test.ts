import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordFamily } from '../../../test/recorded-family.ts';
import { toOpenMetrics, toText } from '../format.ts';
import { parseText } from './parse.ts';
import { ParseError } from './parse-error.ts';

function samples(document: string): unknown {
  return parseText(document).flatMap((family) => [...family.samples]);
}

describe('parseText', () => {
  it('reads families with their points whole', () => {
    const families = parseText(`# HELP req_total Requests, "all"\\n of \\\\ them.
# TYPE req_total counter
req_total{path="/a",code="200"} 3
req_total{path="/b",code="200"} 4 1700000000123
# A comment.
# TYPE t_seconds histogram
t_seconds_bucket{le="0.5"} 1
t_seconds_bucket{le="1"} 2
t_seconds_bucket{le="+Inf"} 2
t_seconds_sum 1.25
t_seconds_count 2
# TYPE s summary
s{quantile="0.5"} 7
s_sum 9
s_count 2
free{a="b\\"\\\\\\n\\z"} NaN
`);
    deepEqual(families.map(recordFamily), [
      {
        name: 'req',
        type: 'counter',
        help: 'Requests, "all"\n of \\ them.',
        unit: '',
        points: [
          { labels: { path: '/a', code: '200' }, time: null, point: ['number', 3, null, null] },
          {
            labels: { path: '/b', code: '200' },
            time: '1700000000.123',
            point: ['number', 4, null, null],
          },
        ],
      },
      {
        name: 't_seconds',
        type: 'histogram',
        help: '',
        unit: '',
        points: [
          {
            labels: {},
            time: null,
            point: ['histogram', [0.5, 1], [1, 2, 2], 1.25, null, null],
          },
        ],
      },
      {
        name: 's',
        type: 'summary',
        help: '',
        unit: '',
        points: [{ labels: {}, time: null, point: ['summary', [[0.5, 7]], 2, 9, null] }],
      },
      {
        name: 'free',
        type: 'unknown',
        help: '',
        unit: '',
        points: [
          { labels: { a: 'b"\\\n\\z' }, time: null, point: ['number', Number.NaN, null, null] },
        ],
      },
    ]);
  });

  it('reads blanks, commas and comments wherever Prometheus does', () => {
    const document = [
      '',
      ' \t ',
      '#',
      '# HELP',
      '#TYPE x nothing',
      '# EOF',
      '#\tTYPE \t x\tgauge ',
      '\tx\t{ a = "1" , } \t 1\t2 ',
      'x{a="2"}3',
      'x{} 4',
      '{ "x" , a="5" } 5',
      '{a="6","x"} 6',
      'x{"a"="7"} 7',
      '{"é 1","l l"="v"} 8',
      'x 9',
    ].join('\n');
    deepEqual(samples(document), [
      { name: 'x', labels: { a: '1' }, value: 1, timestamp: 0.002 },
      { name: 'x', labels: { a: '2' }, value: 3 },
      { name: 'x', labels: {}, value: 4 },
      { name: 'x', labels: { a: '5' }, value: 5 },
      { name: 'x', labels: { a: '6' }, value: 6 },
      { name: 'x', labels: { a: '7' }, value: 7 },
      { name: 'x', labels: {}, value: 9 },
      { name: 'é 1', labels: { 'l l': 'v' }, value: 8 },
    ]);
  });

  it('keeps the blanks of a help text', () => {
    equal(parseText('# HELP a   two before, one behind \n')[0]!.help, '  two before, one behind ');
  });

  it('gathers lines of a family, and of a histogram, that stand apart', () => {
    const [h, other] = parseText(`# TYPE h histogram
h_bucket{a="1",le="+Inf"} 1
other 5
h_bucket{le="+Inf",a="2"} 2
h_count{a="1"} 1
h_count{a="2"} 2
`);
    deepEqual(recordFamily(h!).points, [
      { labels: { a: '1' }, time: null, point: ['histogram', [], [1], null, null, null] },
      { labels: { a: '2' }, time: null, point: ['histogram', [], [2], null, null, null] },
    ]);
    equal(other!.name, 'other');
  });

  it('keeps lines that make no point, and writes them as they are', async () => {
    const document = `# HELP h 
# TYPE h histogram
h_bucket{le="0.5"} 3
h_bucket{le="+Inf"} 2
h_count 2
h_sum{le="x"} 2
h{a="b"} 1
# HELP s 
# TYPE s summary
s{quantile="2"} 1
s 5
`;
    equal(await toText({ collect: () => parseText(document) }), document);
  });

  it('reads a counter without _total as an unknown, whose name stays', async () => {
    const families = parseText('# TYPE requests counter\nrequests 1\n');
    equal(families[0]!.type, 'unknown');
    equal(
      await toOpenMetrics({ collect: () => families }),
      '# TYPE requests unknown\n# HELP requests \nrequests 1\n# EOF\n',
    );
  });

  it('writes a label that a metric lacks with an empty value, and has none in its samples', async () => {
    const families = parseText('a{x="1"} 1\na{y="2"} 2\na 3\n');
    deepEqual(
      [...families[0]!.samples],
      [
        { name: 'a', labels: { x: '1' }, value: 1 },
        { name: 'a', labels: { y: '2' }, value: 2 },
        { name: 'a', labels: {}, value: 3 },
      ],
    );
    equal(
      await toText({ collect: () => families }),
      '# HELP a \n# TYPE a untyped\na{x="1"} 1\na{x="",y="2"} 2\na{x=""} 3\n',
    );
  });

  it('keeps labels that objects have by themselves', () => {
    const [sample] = parseText('a{__proto__="x",constructor="y"} 1\n')[0]!.samples;
    deepEqual(Object.entries(sample!.labels), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('reads a line like the one before by itself, whatever is almost the same', () => {
    const lines = [
      'a{b="1",c="x"} 1',
      'a{b="1",c="xy"} 2',
      'a{b="1",c="x\\""} 3',
      'a{b="1",c="x\\\\"} 4',
      'a{b="1"} 5',
      'a{b="1",c="x"} 6 7',
      'a{b="1",cc="x"} 8',
      'a{bb="1",c="x"} 9',
      'ab{b="1",c="x"} 10',
      'ab{b="1",c="é"} 11',
      'ab{b="1",c="x"} -1.5e3',
      'ab{b="1",c="x"} +Inf',
    ];
    const alone = lines.flatMap((line) => samples(line) as unknown[]);
    deepEqual(samples(lines.join('\n')), alone);
    deepEqual(samples(`${lines.join('\n')}\n`), alone);
  });

  it('tells values apart that have the same length, however many there are', () => {
    const values = Array.from({ length: 2000 }, (_, i) => String(1000 + i));
    const document = values.map((value) => `a{b="${value}",c="x"} 1\n`).join('');
    const found = [...parseText(document)[0]!.samples].map(({ labels }) => labels['b']);
    deepEqual(found, values);
  });

  const refused: readonly (readonly [document: string, message: string])[] = [
    ['a\n', 'text "line 1, column 2": no value, expected a number, got the end of the line'],
    ['a 1\nb x\n', 'text "line 2, column 3": no value, expected a number, got "x"'],
    ['a 0x1p-3', 'text "line 1, column 3": no value, expected a number, got "0x1p-3"'],
    ['a 1_000', 'text "line 1, column 3": no value, expected a number, got "1_000"'],
    ['a 1e999', 'text "line 1, column 3": no value, expected a number, got "1e999"'],
    ['a 1\r\n', 'text "line 1, column 3": no value, expected a number, got "1\\r"'],
    ['a 1 1.5', 'text "line 1, column 5": no time, expected whole milliseconds, got "1.5"'],
    [
      'a 1 2 3',
      'text "line 1, column 7": more than a sample, expected the end of the line, got "3"',
    ],
    [
      'a 1 # {x="y"} 2',
      'text "line 1, column 5": no time, expected whole milliseconds, got "# {x=\\"y\\"} 2"',
    ],
    [
      'a.b 1',
      'text "line 1, column 2": a name without an end, expected a blank or labels, got ".b 1"',
    ],
    [
      '{} 1',
      'text "line 1, column 1": no metric name, expected a name or one in quotes, got "{} 1"',
    ],
    [
      '{"a","b"} 1',
      'text "line 1, column 6": a second name, expected one metric name, got "\\"b\\"} 1"',
    ],
    [
      'a{"b"} 1',
      'text "line 1, column 3": a second name, expected one metric name, got "\\"b\\"} 1"',
    ],
    ['{""} 1', 'text "line 1, column 2": an empty name, expected a name, got "\\"\\"} 1"'],
    [
      'a{,} 1',
      'text "line 1, column 3": no label name, expected a letter, "_" or a quote, got ",} 1"',
    ],
    [
      'a{b="1",b="2"} 1',
      'text "line 1, column 9": a label twice, expected different labels, got "b=\\"2\\"} 1"',
    ],
    [
      'a{b="1\n"} 1',
      'text "line 1, column 5": a string without an end, expected a closing quote, got "\\"1"',
    ],
    [
      '# TYPE a info',
      'text "line 1, column 10": no type, expected counter, gauge, histogram, summary, untyped, got "info"',
    ],
    [
      '# TYPE 1 gauge',
      'text "line 1, column 8": no metric name, expected a metric name, got "1 gauge"',
    ],
    [
      'a{b="\ud800"} 1',
      'text "line 1, column 6": half a surrogate pair, expected text that UTF-8 can hold, got "\\ud800\\"} 1"',
    ],
  ];
  for (const [document, message] of refused) {
    it(`refuses ${JSON.stringify(document)}`, () => {
      throws(() => parseText(document), { name: 'ParseError', code: 'DOCUMENT_INVALID', message });
    });
  }

  it('says where, for programs too', () => {
    throws(
      () => parseText('a 1\n  b{\n'),
      (error) => error instanceof ParseError && error.line === 2 && error.column === 5,
    );
  });

  it('refuses what is no text', () => {
    throws(() => parseText(1 as never), {
      name: 'TypeError',
      message: 'text "document": no text, expected a string, got 1',
    });
  });
});
