import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordFamily } from '../../../test/recorded-family.ts';
import { HistogramMetricFamily, SummaryMetricFamily } from '../../model/distribution-families.ts';
import { CounterMetricFamily } from '../../model/number-families.ts';
import { InfoMetricFamily } from '../../model/statement-families.ts';
import { toOpenMetrics, toText } from '../format.ts';
import { parseOpenMetrics } from './parse.ts';

function points(document: string): unknown {
  return parseOpenMetrics(document).map((family) => recordFamily(family).points);
}

describe('parseOpenMetrics', () => {
  it('reads start times, exemplars and times of whole points', () => {
    const document = `# TYPE h_seconds histogram
# UNIT h_seconds seconds
# HELP h_seconds How \\"long\\".
h_seconds_bucket{a="1",le="0.5"} 1 10.5 # {trace_id="x"} 0.25 10
h_seconds_bucket{a="1",le="+Inf"} 2 10.5
h_seconds_sum{a="1"} 3.5 10.5
h_seconds_count{a="1"} 2 10.5
h_seconds_created{a="1"} 5.5 10.5
# TYPE c counter
c_created 7
c_total 1 # {} 1
# EOF
`;
    const [histogram, counter] = parseOpenMetrics(document).map(recordFamily);
    deepEqual(histogram, {
      name: 'h_seconds',
      type: 'histogram',
      help: 'How "long".',
      unit: 'seconds',
      points: [
        {
          labels: { a: '1' },
          time: '10.5',
          point: [
            'histogram',
            [0.5],
            [1, 2],
            3.5,
            5.5,
            [{ labels: { trace_id: 'x' }, value: 0.25, timestamp: '10' }, null],
          ],
        },
      ],
    });
    deepEqual(counter!.points, [
      {
        labels: {},
        time: null,
        point: ['number', 1, 7, { labels: {}, value: 1, timestamp: null }],
      },
    ]);
  });

  it('reads facts as labels, and states by name', () => {
    const document = `# TYPE i info
i_info{version="1"} 1
i_info{version="1",built="x"} 1
# TYPE s stateset
s{a="1",s="on"} 1
s{a="1",s="off"} 0
# EOF
`;
    deepEqual(points(document), [
      [
        { labels: { version: '1' }, time: null, point: ['info'] },
        { labels: { version: '1', built: 'x' }, time: null, point: ['info'] },
      ],
      [{ labels: { a: '1' }, time: null, point: ['stateset', ['on', true], ['off', false]] }],
    ]);
  });

  it('reads several points of one metric', () => {
    const document = `# TYPE s summary
s_count 1 1
s_sum 5 1
s_count 2 2
s_sum 6 2
# EOF
`;
    const at = (time: string, count: number, sum: number): unknown => ({
      labels: {},
      time,
      point: ['summary', [], count, sum, null],
    });
    deepEqual(points(document), [[at('1', 1, 5), at('2', 2, 6)]]);
  });

  it('reads points of one line whose times were cut off and so are the same', () => {
    const at = (value: number): unknown => ({
      labels: {},
      time: '1',
      point: ['number', value, null, null],
    });
    deepEqual(points('# TYPE c counter\nc_total 1 1\nc_total 2 1\n# EOF\n'), [[at(1), at(2)]]);
    deepEqual(points('g 1 1\ng 2 1\n# EOF\n'), [[at(1), at(2)]]);
  });

  it('reads names in quotes', async () => {
    const families = parseOpenMetrics(`# TYPE "a b" counter
{"a b_total","l l"="x"} 1
{"free"} 2
# EOF
`);
    equal(
      await toText({ collect: () => families }, { escaping: 'allow-utf-8' }),
      `# HELP "a b_total" 
# TYPE "a b_total" counter
{"a b_total","l l"="x"} 1
# HELP free 
# TYPE free untyped
free 2
`,
    );
  });

  it('keeps a start time that has no counter', () => {
    deepEqual(points('# TYPE c counter\nc_created 5\n# EOF'), [
      [{ labels: {}, time: null, point: ['sample', '_created', null, 5] }],
    ]);
  });

  const refused: readonly (readonly [document: string, message: string])[] = [
    ['', 'openmetrics "line 1, column 1": no end, expected "# EOF", got the end of the line'],
    ['a 1', 'openmetrics "line 2, column 1": no end, expected "# EOF", got the end of the line'],
    [
      '# EOF\n\n',
      'openmetrics "line 2, column 1": text behind the end, expected nothing behind "# EOF", got the end of the line',
    ],
    ['a  1\n# EOF', 'openmetrics "line 1, column 3": no value, expected a number, got " 1"'],
    [
      '\ufeffa 1\n# EOF',
      'openmetrics "line 1, column 1": no metric name, expected a letter, "_", ":" or labels, got "\ufeffa 1"',
    ],
    [
      'a{b="1", c="2"} 1\n# EOF',
      'openmetrics "line 1, column 9": no label name, expected a letter, "_" or a quote, got " c=\\"2\\"} 1"',
    ],
    [
      'a{__b="1"} 1\n# EOF',
      'openmetrics "line 1, column 3": the reserved label __b, expected another name, got "__b=\\"1\\"} 1"',
    ],
    [
      'a 1\na 2\n# EOF',
      'openmetrics "line 2, column 1": a sample twice, expected different labels, got "a 2"',
    ],
    [
      'a{b="1"} 1\na 1\na{b="1"} 2\n# EOF',
      'openmetrics "line 3, column 1": a metric that stands apart, expected all lines of a metric together, got "a{b=\\"1\\"} 2"',
    ],
    [
      'a{b="",c="1"} 1\na{b="2"} 1\na{c="1"} 2\n# EOF',
      'openmetrics "line 3, column 1": a metric that stands apart, expected all lines of a metric together, got "a{c=\\"1\\"} 2"',
    ],
    [
      '# TYPE c counter\nc_total 1\nc_total 2\n# EOF',
      'openmetrics "line 3, column 1": a sample twice, expected different labels, got "c_total 2"',
    ],
    [
      '# TYPE c counter\nc_total{a="1"} 1\nc_total{a="2"} -1\n# EOF',
      'openmetrics "line 3, column 16": _total below 0, expected a number >= 0, got "-1"',
    ],
    [
      '# TYPE c counter\nc_created NaN\n# EOF',
      'openmetrics "line 2, column 11": _created that is NaN, expected a number, got "NaN"',
    ],
    [
      '# TYPE h histogram\nh_bucket{le="1"} 0.5\n# EOF',
      'openmetrics "line 2, column 18": _bucket that is no count, expected a whole number, got "0.5"',
    ],
    [
      '# TYPE h histogram\nh_bucket{le="1"} 1\n# EOF',
      'openmetrics "line 2, column 13": no bucket behind this one, expected one for +Inf, got "\\"1\\"} 1"',
    ],
    [
      '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum{le="1"} 1\n# EOF',
      'openmetrics "line 3, column 7": a reserved label, expected le and quantile on their own lines, got "le=\\"1\\"} 1"',
    ],
    [
      '# TYPE s stateset\ns{s="a"} 1\ns{s="a"} 1\n# EOF',
      'openmetrics "line 3, column 5": a state twice, expected different states, got "\\"a\\"} 1"',
    ],
    [
      '# TYPE a gauge\n# TYPE a_total counter\na_total_total 1\n# TYPE b gauge\n# TYPE a gauge\n# EOF',
      'openmetrics "line 5, column 8": a name that another family has, expected all lines of a family together, got "a gauge"',
    ],
    [
      '# TYPE s summary\ns_count 1 1\ns_count 2 1\n# EOF',
      'openmetrics "line 3, column 11": a sample twice, expected a later time, got "1"',
    ],
    [
      'a 1 1e999\n# EOF',
      'openmetrics "line 1, column 5": no time, expected finite seconds, got "1e999"',
    ],
    [
      '# TYPE c counter\nc_total 1 # {a="1",a="2"} 1\n# EOF',
      'openmetrics "line 2, column 20": a label twice in an exemplar, expected different labels, got "a=\\"2\\"} 1"',
    ],
  ];
  for (const [document, message] of refused) {
    it(`refuses ${JSON.stringify(document)}`, () => {
      throws(() => parseOpenMetrics(document), { name: 'ParseError', message });
    });
  }

  describe('given OpenMetrics 2.0', () => {
    const other = 'what OpenMetrics 2.0 has, expected OpenMetrics 1.0, got';
    const version2: readonly (readonly [line: string, message: string])[] = [
      ['c_total 1 st@5', `"line 1, column 11": ${other} "st@5"`],
      ['c_total 1 7.5 st@5', `"line 1, column 15": ${other} "st@5"`],
      ['h {count:1,sum:2} st@5', `"line 1, column 3": ${other} "{count:1,sum:2} st@5"`],
      ['c 1 # {} 1 2 # {} 3 4', `"line 1, column 13": ${other} " # {} 3 4"`],
    ];
    for (const [line, message] of version2) {
      it(`says so of ${line}`, () => {
        throws(() => parseOpenMetrics(`${line}\n# EOF`), { message: `openmetrics ${message}` });
      });
    }

    it('says so of what the writer of that version writes', async () => {
      const families = [
        new HistogramMetricFamily({ name: 'h', help: 'h' }).addMetric([], {
          buckets: [[Infinity, 2]],
          sum: 1,
        }),
        new SummaryMetricFamily({ name: 's', help: 'h' }).addMetric([], { count: 1, sum: 1 }),
        new CounterMetricFamily({ name: 'c', help: 'h' }).addMetric([], 1),
        new InfoMetricFamily({ name: 'i', help: 'h' }).addMetric([], { version: '1' }),
      ];
      for (const each of families) {
        const document = await toOpenMetrics({ collect: () => [each] }, { version: '2.0.0' });
        throws(() => parseOpenMetrics(document), /OpenMetrics 2\.0/);
      }
    });
  });
});
