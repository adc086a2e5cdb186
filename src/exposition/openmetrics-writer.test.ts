import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { FamilyHeader, FamilyWriter, HistogramPoint } from '../model/family.ts';
import { toOpenMetrics } from './format.ts';

type Header = Pick<FamilyHeader, 'name' | 'type'> & Partial<FamilyHeader>;

function text(header: Header, ...metrics: ((writer: FamilyWriter) => void)[]): Promise<string> {
  return toOpenMetrics({ collect: () => [handMadeFamily(header, metrics)] });
}

function withStartTimes(
  header: Header,
  ...metrics: ((writer: FamilyWriter) => void)[]
): Promise<string> {
  return toOpenMetrics({ collect: () => [handMadeFamily(header, metrics)] }, { created: true });
}

const exemplar: Exemplar = { labels: { trace_id: 'a"b', span_id: 'c' }, value: 0.05 };
const point: HistogramPoint = {
  bounds: [0.1, 1],
  cells: [1, 2, 3],
  index: 0,
  cumulative: false,
  sum: 12.5,
  created: 1700000000.25,
  exemplars: undefined,
};

describe('OpenMetricsWriter', () => {
  it('writes the end alone for no families', async () => {
    equal(await toOpenMetrics({ collect: () => [] }), '# EOF\n');
  });

  it('names a family without the suffix of its samples', async () => {
    equal(
      await text({ name: 'a', type: 'counter', help: 'Say "a\\b"\n.' }, (writer) =>
        writer.number(1),
      ),
      '# TYPE a counter\n# HELP a Say \\"a\\\\b\\"\\n.\na_total 1\n# EOF\n',
    );
    equal(
      await text({ name: 'a', type: 'info' }, (writer) => writer.info([['b', 'c']])),
      '# TYPE a info\n# HELP a Help.\na_info{b="c"} 1\n# EOF\n',
    );
    equal(
      await text({ name: 'a', type: 'stateset', labelNames: ['b'] }, (writer) => {
        writer.label(0, 'c');
        writer.stateSet(['on', 'off'], (i) => i === 0);
      }),
      '# TYPE a stateset\n# HELP a Help.\na{b="c",a="on"} 1\na{b="c",a="off"} 0\n# EOF\n',
    );
    equal(
      await text({ name: 'a', type: 'unknown' }, (writer) => writer.number(-0)),
      '# TYPE a unknown\n# HELP a Help.\na -0.0\n# EOF\n',
    );
  });

  it('writes the unit where it is the last word of the name, and a header without metrics', async () => {
    equal(
      await text({ name: 'sent_bytes', type: 'counter', unit: 'bytes' }),
      '# TYPE sent_bytes counter\n# UNIT sent_bytes bytes\n# HELP sent_bytes Help.\n# EOF\n',
    );
    for (const [name, type] of [
      ['sent', 'counter'],
      ['sentbytes', 'counter'],
      ['sent_bytes', 'info'],
      ['sent_bytes', 'stateset'],
    ] as const) {
      equal(
        await text({ name, type, unit: 'bytes' }),
        `# TYPE ${name} ${type}\n# HELP ${name} Help.\n# EOF\n`,
      );
    }
  });

  it('writes exemplars on counters and on buckets alone', async () => {
    const timed = { ...exemplar, timestamp: { seconds: 1700000000, nanos: 5 } };
    equal(
      await text({ name: 'a', type: 'counter' }, (writer) => writer.number(1, undefined, timed)),
      '# TYPE a counter\n# HELP a Help.\na_total 1 # {trace_id="a\\"b",span_id="c"} 0.05 1700000000.000000005\n# EOF\n',
    );
    equal(
      await text({ name: 'a', type: 'gauge' }, (writer) => writer.number(1, undefined, timed)),
      '# TYPE a gauge\n# HELP a Help.\na 1\n# EOF\n',
    );
    equal(
      await text(
        { name: 'a', type: 'histogram' },
        (writer) => {
          writer.at(7.5);
          writer.histogram({ ...point, exemplars: [undefined, exemplar, undefined] });
        },
        (writer) => writer.sample('_sum', undefined, 1, exemplar),
        (writer) => writer.sample('_bucket', ['le', '+Inf'], 1, exemplar),
      ),
      `# TYPE a histogram
# HELP a Help.
a_bucket{le="0.1"} 1 7.5
a_bucket{le="1.0"} 3 7.5 # {trace_id="a\\"b",span_id="c"} 0.05
a_bucket{le="+Inf"} 6 7.5
a_sum 12.5 7.5
a_count 6 7.5
a_sum 1
a_bucket{le="+Inf"} 1 # {trace_id="a\\"b",span_id="c"} 0.05
# EOF
`,
    );
  });

  it('leaves out an exemplar whose labels are longer than 128 code points', async () => {
    const labels = (length: number): Exemplar => ({ labels: { k: '💡'.repeat(length) }, value: 1 });
    equal(
      await text(
        { name: 'a', type: 'counter' },
        (writer) => writer.number(1, undefined, labels(127)),
        (writer) => writer.number(2, undefined, labels(128)),
        (writer) => writer.number(3, undefined, labels(100_000)),
        (writer) => writer.number(4, undefined, { labels: {}, value: -Infinity }),
      ),
      `# TYPE a counter
# HELP a Help.
a_total 1 # {k="${'💡'.repeat(127)}"} 1
a_total 2
a_total 3
a_total 4 # {} -Inf
# EOF
`,
    );
  });

  it('writes when counting began where asked to, with the time of its point', async () => {
    equal(
      await withStartTimes(
        { name: 'a', type: 'counter' },
        (writer) => {
          writer.at(1700000009);
          writer.number(1, 1700000000.25);
        },
        (writer) => writer.number(2),
      ),
      `# TYPE a counter
# HELP a Help.
a_total 1 1700000009
a_created 1700000000.25 1700000009
a_total 2
# EOF
`,
    );
    equal(
      await withStartTimes({ name: 'a', type: 'summary' }, (writer) =>
        writer.summary({ quantiles: [], values: [], count: 1, sum: 2, created: 3 }),
      ),
      '# TYPE a summary\n# HELP a Help.\na_sum 2\na_count 1\na_created 3\n# EOF\n',
    );
    equal(
      await withStartTimes({ name: 'a', type: 'gauge' }, (writer) => writer.number(1, 2)),
      '# TYPE a gauge\n# HELP a Help.\na 1\n# EOF\n',
    );
  });

  it('writes no sum and no count for a histogram with a negative bound or without a sum', async () => {
    const buckets = (bound: string): string =>
      `# TYPE a histogram\n# HELP a Help.\na_bucket{le="${bound}"} 1\na_bucket{le="+Inf"} 3\n`;
    equal(
      await withStartTimes({ name: 'a', type: 'histogram' }, (writer) =>
        writer.histogram({ ...point, bounds: [-1] }),
      ),
      `${buckets('-1.0')}a_created 1700000000.25\n# EOF\n`,
    );
    equal(
      await text({ name: 'a', type: 'histogram' }, (writer) =>
        writer.histogram({ ...point, bounds: [1], sum: undefined }),
      ),
      `${buckets('1.0')}# EOF\n`,
    );
    equal(
      await text({ name: 'a', type: 'histogram' }, (writer) =>
        writer.histogram({ ...point, bounds: [], cells: [4] }),
      ),
      '# TYPE a histogram\n# HELP a Help.\na_bucket{le="+Inf"} 4\na_sum 12.5\na_count 4\n# EOF\n',
    );
  });

  it('writes gauge histograms with a sum and a count of their own, below zero too', async () => {
    equal(
      await withStartTimes({ name: 'a', type: 'gaugehistogram' }, (writer) =>
        writer.histogram({ ...point, bounds: [-1], sum: -4, exemplars: [exemplar, undefined] }),
      ),
      `# TYPE a gaugehistogram
# HELP a Help.
a_bucket{le="-1.0"} 1 # {trace_id="a\\"b",span_id="c"} 0.05
a_bucket{le="+Inf"} 3
a_gsum -4
a_gcount 3
# EOF
`,
    );
  });
});
