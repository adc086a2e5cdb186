/** Both parsers' errors, for the place that each names. */

import { equal, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricFamily } from '../../model/family.ts';
import { parseOpenMetrics, parseOpenMetricsChunks, parseText } from './parse.ts';

/** A document, with the error's place, problem, expectation, and what stands there. */
type Case = readonly [
  document: string,
  place: string,
  problem: string,
  expected: string,
  got: string,
];

const LABEL_TWICE = ['a label twice', 'different labels'] as const;
const STRAY_LABEL = ['a reserved label', 'le and quantile on their own lines'] as const;
const TIMES = ['times on some lines', 'times on all lines of a metric, or on none'] as const;
const APART = ['a name that another family has', 'all lines of a family together'] as const;
const HALF = 'both or neither';
const LONG = 'x'.repeat(100);
const SHORTER = 'y'.repeat(27);

const text: readonly Case[] = [
  ['a{b="1",é="2"} 1', '1, 9', 'no label name', 'a letter, "_" or a quote', '"é=\\"2\\"} 1"'],
  ['\ta { b = "1" , "b"="2",b="3"} 1', '1, 16', ...LABEL_TWICE, '"\\"b\\"=\\"2\\",b=\\"3\\"} 1"'],
  ['a{b="é",b="2"} 1', '1, 9', ...LABEL_TWICE, '"b=\\"2\\"} 1"'],
  ['a{b="1",c="2"} 1\na{b="1",b="2"} 1\n', '2, 9', ...LABEL_TWICE, '"b=\\"2\\"} 1"'],
  ['# TYPE a.b gauge', '1, 9', 'a name without an end', 'a blank', '".b gauge"'],
  ['# HELP a\u00a0b', '1, 9', 'a name without an end', 'a blank', '"\u00a0b"'],
  ['# TYPE a gauge counter', '1, 16', 'more than a type', 'the end of the line', '"counter"'],
];

const samples: readonly Case[] = [
  [
    '{b="1",__c="2","a"} 1',
    '1, 8',
    'the reserved label __c',
    'another name',
    '"__c=\\"2\\",\\"a\\"} 1"',
  ],
  ['{"a","b"="1","b"="2"} 1', '1, 14', ...LABEL_TWICE, '"\\"b\\"=\\"2\\"} 1"'],
  ['a{b="1"} 1 5\na{b="1"} 2 4', '2, 12', 'a time before the one before', 'ascending times', '"4"'],
  ['a{b="1"} 1 5\na{b="1"} 2', '2, 11', ...TIMES, 'the end of the line'],
  ['a{b="1"} 1\na{b="1"} 2 5', '2, 12', ...TIMES, '"5"'],
  ['a 1\nb 1\na 2', '3, 1', ...APART, '"a 2"'],
  ['a 1\nb 1\n{b="1","a"} 2', '3, 8', ...APART, '"\\"a\\"} 2"'],
  ['a 1 # {} 1', '1, 5', 'an exemplar', 'none but on counters and buckets', '"# {} 1"'],
];

const histograms: readonly Case[] = [
  ['h_bucket 1', '2, 1', 'no bound', 'a label le with a number', '"h_bucket 1"'],
  ['h_bucket{a="\\n",le="x"} 1', '2, 20', 'no bound', 'a label le with a number', '"\\"x\\"} 1"'],
  ['h_count{a="1",le="1"} 1', '2, 15', ...STRAY_LABEL, '"le=\\"1\\"} 1"'],
  ['h_count 1', '2, 1', 'no bucket', 'at least one for +Inf', '"h_count 1"'],
  [
    'h_bucket{le="2"} 1\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 2',
    '3, 13',
    'buckets out of order',
    'ascending bounds',
    '"\\"1\\"} 2"',
  ],
  [
    'h_bucket{le="1"} 3\nh_bucket{le="+Inf"} 2\nh_count 2\nh_sum 1',
    '3, 21',
    'buckets that shrink',
    'at least 3',
    '"2"',
  ],
  [
    'h_bucket{le="+Inf"} 2\nh_count 3\nh_sum 1\nh_bucket{a="1",le="+Inf"} 2',
    '3, 9',
    'a count other than the last bucket',
    '2',
    '"3"',
  ],
  ['h_bucket{le="+Inf"} 2\nh_count 2', '3, 1', 'a count without a sum', HALF, '"h_count 2"'],
  [
    'h_bucket{le="+Inf"} 2\nh_sum 2\nh_created 5',
    '3, 1',
    'a sum without a count',
    HALF,
    '"h_sum 2"',
  ],
  [
    'h_bucket{le="-1"} 0\nh_bucket{le="+Inf"} 2\nh_sum 2\nh_count 2',
    '4, 1',
    'a sum beside bounds below 0',
    'none',
    '"h_sum 2"',
  ],
  [
    'h_bucket{le="+Inf"} 2\nh_count 2\nh_count 2\nh_sum 2',
    '4, 1',
    'a line twice',
    'one _count',
    '"h_count 2"',
  ],
];

const typed: readonly Case[] = [
  [
    '# TYPE g gaugehistogram\ng_bucket{le="+Inf"} 1\ng_gsum -1\ng_gcount 1',
    '3, 8',
    'a sum below 0',
    'a number >= 0',
    '"-1"',
  ],
  [
    '# TYPE s summary\ns{a="1"} 1',
    '2, 1',
    'no quantile',
    'a label quantile from 0 to 1',
    '"s{a=\\"1\\"} 1"',
  ],
  [
    '# TYPE s summary\ns{quantile="2"} 1',
    '2, 12',
    'no quantile',
    'a label quantile from 0 to 1',
    '"\\"2\\"} 1"',
  ],
  [
    '# TYPE s summary\ns{quantile="0.9"} 1\ns{quantile="0.5"} 1\ns{quantile=".50"} 1',
    '4, 12',
    'a quantile twice',
    'different quantiles',
    '"\\".50\\"} 1"',
  ],
  [
    '# TYPE s stateset\ns{a="x"} 1',
    '2, 1',
    'no label of the state',
    "one with the metric's name",
    '"s{a=\\"x\\"} 1"',
  ],
  [
    '# TYPE s stateset\ns{s="\\\\",a="1"} 1\ns{a="1",s="\\\\"} 0',
    '3, 11',
    'a state twice',
    'different states',
    '"\\"\\\\\\\\\\"} 0"',
  ],
  ['# TYPE c counter\nc_total{a="1"} x', '2, 16', 'no value', 'a number', '"x"'],
  [
    '# TYPE c counter\nc_total 1 # {"a"} 1',
    '2, 14',
    'a name in an exemplar',
    'labels alone',
    '"\\"a\\"} 1"',
  ],
  [
    `# TYPE c counter\nc_total 1 # {a="${LONG}",b="${SHORTER}"} 1`,
    '2, 119',
    'long labels of an exemplar',
    'at most 128 characters',
    `"b=\\"${SHORTER}\\"} 1"`,
  ],
  ['# TYPE c counter\nc_total 1 # {} x', '2, 16', 'no value of an exemplar', 'a number', '"x"'],
  ['# TYPE c counter\nc_total 1 # {} 1 x', '2, 18', 'no time', 'finite seconds', '"x"'],
];

const metadata: readonly Case[] = [
  ['# UNIT a_b c', '1, 12', "a unit that is not the name's last word", 'a unit that is', '"c"'],
  ['# UNIT a_b b\n# TYPE a_b info', '2, 12', 'a unit of type info', 'none', '"info"'],
  ['# TYPE a_b stateset\n# UNIT a_b b', '2, 12', 'a unit of type stateset', 'none', '"b"'],
  ['a 1\n# HELP a b', '2, 1', 'metadata behind samples', '# HELP before them', '"# HELP a b"'],
  ['# HELP a\n', '1, 9', 'nothing between two words', 'a space', 'the end of the line'],
  ['# TYPE "a', '1, 8', 'a string without an end', 'a closing quote', '"\\"a"'],
  [
    '# TYPE a_total gauge\n# TYPE a counter\na_total 1\nb 1',
    '2, 8',
    'a name twice',
    'names that differ with their suffixes too',
    '"a_total"',
  ],
];

const suffixes: readonly Case[] = (
  [
    ['counter', 'a_total, a_created'],
    ['histogram', 'a_bucket, a_count, a_sum, a_created'],
    ['gaugehistogram', 'a_bucket, a_gcount, a_gsum'],
    ['info', 'a_info'],
  ] as const
).flatMap(([type, expected]): Case[] => [
  [
    `# TYPE a ${type}\na{b="1"} 1`,
    '2, 1',
    `a sample of type ${type} without a suffix`,
    expected,
    '"a{b=\\"1\\"} 1"',
  ],
]);

const suffixed: readonly Case[] = [
  [
    '# TYPE a_total counter\na_total 1',
    '2, 1',
    'a sample of type counter without a suffix',
    '"# TYPE a counter" above it, without the suffix that it has in text and OpenMetrics 2.0',
    '"a_total 1"',
  ],
  [
    '# TYPE "b c" counter\n{"b c"} 1',
    '2, 2',
    'a sample of type counter without a suffix',
    'b c_total, b c_created',
    '"\\"b c\\"} 1"',
  ],
];

function toMessage(format: string, [, place, problem, expected, got]: Case): string {
  const [line, column] = place.split(', ');
  return `${format} "line ${line}, column ${column}": ${problem}, expected ${expected}, got ${got}`;
}

async function drain(families: AsyncIterable<MetricFamily>): Promise<void> {
  for await (const { name } of families) equal(typeof name, 'string');
}

describe('parseText', () => {
  for (const each of text) {
    it(`names the place in ${JSON.stringify(each[0])}`, () => {
      throws(() => parseText(each[0]), { message: toMessage('text', each) });
    });
  }
});

describe('parseOpenMetrics', () => {
  const inHistogram = histograms.map(
    ([document, ...rest]): Case => [`# TYPE h histogram\n${document}`, ...rest],
  );
  const all = [samples, inHistogram, typed, metadata, suffixes, suffixed].flat();
  for (const each of all) {
    const [document] = each;
    it(`names the place in ${JSON.stringify(document)}, wherever it is cut`, async () => {
      const message = toMessage('openmetrics', each);
      const whole = `${document}\n# EOF\n`;
      throws(() => parseOpenMetrics(whole), { message });
      for (let at = 1; at < whole.length; at++) {
        const chunks = [whole.slice(0, at), whole.slice(at)];
        await rejects(drain(parseOpenMetricsChunks(chunks)), { message });
      }
      const characters = Array.from(whole);
      await rejects(drain(parseOpenMetricsChunks(characters)), { message });
    });
  }
});
