import { equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { FamilyHeader, FamilyWriter, HistogramPoint } from '../model/family.ts';
import { toOpenMetrics } from './format.ts';

type Header = Pick<FamilyHeader, 'name' | 'type'> & Partial<FamilyHeader>;

function in2(header: Header, ...metrics: ((writer: FamilyWriter) => void)[]): Promise<string> {
  return toOpenMetrics({ collect: () => [handMadeFamily(header, metrics)] }, { version: '2.0.0' });
}

const point: HistogramPoint = {
  bounds: [0.1, 1],
  cells: [1, 2, 3],
  index: 0,
  cumulative: false,
  sum: 12.5,
  created: 1700000000.25,
  exemplars: undefined,
};

const exemplar: Exemplar = { labels: { trace_id: 'a"b' }, value: 0.05, timestamp: 1700000001 };

const OMISSIONS =
  '# TYPE promethium_exposition_omissions gauge\n# HELP promethium_exposition_omissions What this exposition does not show: families by name, label, walk or shape, points by format.\n';

describe('OpenMetrics2Writer', () => {
  it('writes the end alone for no families', async () => {
    equal(await toOpenMetrics({ collect: () => [] }, { version: '2.0.0' }), '# EOF\n');
  });

  it('names a family as its samples', async () => {
    equal(
      await in2({ name: 'a', type: 'counter', help: 'Say "a\\b"\n.' }, (writer) =>
        writer.number(1),
      ),
      '# TYPE a_total counter\n# HELP a_total Say \\"a\\\\b\\"\\n.\na_total 1\n# EOF\n',
    );
    equal(
      await in2({ name: 'a', type: 'info' }, (writer) => writer.info([['b', 'c']])),
      '# TYPE a_info info\n# HELP a_info Help.\na_info{b="c"} 1\n# EOF\n',
    );
    equal(
      await in2({ name: 'a', type: 'stateset', labelNames: ['b'] }, (writer) => {
        writer.label(0, 'c');
        writer.stateSet(['on', 'off'], (i) => i === 0);
      }),
      '# TYPE a stateset\n# HELP a Help.\na{b="c",a="on"} 1\na{b="c",a="off"} 0\n# EOF\n',
    );
    equal(
      await in2({ name: 'a', type: 'unknown' }, (writer) => writer.number(-0)),
      '# TYPE a unknown\n# HELP a Help.\na -0.0\n# EOF\n',
    );
  });

  it('writes names that need it in quotes, unless a scheme is asked for', async () => {
    const family = handMadeFamily({ name: 'http.requests', type: 'counter', labelNames: ['a.b'] }, [
      (writer) => {
        writer.label(0, 'c');
        writer.number(1, 5, { labels: { 'd.e': 'f' }, value: 1, timestamp: 6 });
      },
    ]);
    const source = { collect: () => [family] };
    equal(
      await toOpenMetrics(source, { version: '2.0.0' }),
      `# TYPE "http.requests_total" counter
# HELP "http.requests_total" Help.
{"http.requests_total","a.b"="c"} 1 st@5 # {"d.e"="f"} 1 6
# EOF
`,
    );
    equal(
      await toOpenMetrics(source, { version: '2.0.0', escaping: 'underscores' }),
      `# TYPE http_requests_total counter
# HELP http_requests_total Help.
http_requests_total{a_b="c"} 1 st@5 # {d_e="f"} 1 6
# EOF
`,
    );
  });

  it('writes the unit wherever its characters are those of names', async () => {
    const header = (name: string, type: string, unit = ''): string =>
      `# TYPE ${name} ${type}\n${unit && `# UNIT ${name} ${unit}\n`}# HELP ${name} Help.\n# EOF\n`;
    equal(
      await in2({ name: 'sent_bytes', type: 'counter', unit: 'bytes' }),
      header('sent_bytes_total', 'counter', 'bytes'),
    );
    equal(
      await in2({ name: 'sent', type: 'gauge', unit: 'bytes' }),
      header('sent', 'gauge', 'bytes'),
    );
    equal(await in2({ name: 'sent', type: 'gauge', unit: 'a b' }), header('sent', 'gauge'));
    equal(await in2({ name: 'a_b', type: 'info', unit: 'b' }), header('a_b_info', 'info'));
    equal(await in2({ name: 'a_b', type: 'stateset', unit: 'b' }), header('a_b', 'stateset'));
  });

  it('writes time, start and exemplar of a counter, in this order', async () => {
    equal(
      await in2(
        { name: 'a', type: 'counter', labelNames: ['b'] },
        (writer) => {
          writer.label(0, 'c');
          writer.at({ seconds: 1700000009, nanos: 5 });
          writer.number(1, 1700000000.25, exemplar);
        },
        (writer) => {
          writer.label(0, 'd');
          writer.number(2, 1700000000.25);
        },
        (writer) => writer.number(3),
        (writer) => writer.sample('_total', undefined, 4, exemplar),
        (writer) => writer.sample('_created', undefined, 5),
        (writer) => writer.number(6, Number.NaN),
      ),
      `# TYPE a_total counter
# HELP a_total Help.
a_total{b="c"} 1 1700000009.000000005 st@1700000000.25 # {trace_id="a\\"b"} 0.05 1700000001
a_total{b="d"} 2 st@1700000000.25
a_total{b="d"} 3
a_total{b="d"} 4 # {trace_id="a\\"b"} 0.05 1700000001
a_total{b="d"} 6
# EOF
`,
    );
  });

  it('writes neither start nor exemplar of what can have none', async () => {
    equal(
      await in2({ name: 'a', type: 'gauge' }, (writer) => writer.number(1, 2, exemplar)),
      '# TYPE a gauge\n# HELP a Help.\na 1\n# EOF\n',
    );
  });

  it('writes exemplars of any length, and those alone that have a time', async () => {
    const id = 'x'.repeat(500);
    equal(
      await in2(
        { name: 'a', type: 'counter' },
        (writer) => writer.number(1, undefined, { labels: { id }, value: 1, timestamp: 2 }),
        (writer) => writer.number(2, undefined, { labels: {}, value: 1 }),
        (writer) => writer.number(3, undefined, { labels: {}, value: 1, timestamp: Infinity }),
        (writer) => writer.number(4, undefined, { labels: {}, value: -Infinity, timestamp: 0 }),
      ),
      `# TYPE a_total counter
# HELP a_total Help.
a_total 1 # {id="${id}"} 1 2
a_total 2
a_total 3
a_total 4 # {} -Inf 0
# EOF
`,
    );
  });

  it('writes a histogram as one line, with all of its exemplars', async () => {
    equal(
      await in2(
        { name: 'a', type: 'histogram', labelNames: ['b'] },
        (writer) => {
          writer.at(7.5);
          writer.histogram({ ...point, exemplars: [exemplar, undefined, exemplar] });
        },
        (writer) => {
          writer.label(0, 'c');
          writer.histogram({ ...point, cumulative: true, created: undefined });
        },
        (writer) => writer.histogram({ ...point, bounds: [-Infinity, -1], sum: -4 }),
        (writer) => writer.histogram({ ...point, bounds: [], cells: [2], sum: Number.NaN }),
      ),
      `# TYPE a histogram
# HELP a Help.
a {count:6,sum:12.5,bucket:[0.1:1,1.0:3,+Inf:6]} 7.5 st@1700000000.25 # {trace_id="a\\"b"} 0.05 1700000001 # {trace_id="a\\"b"} 0.05 1700000001
a{b="c"} {count:3,sum:12.5,bucket:[0.1:1,1.0:2,+Inf:3]}
a{b="c"} {count:6,sum:-4,bucket:[-Inf:1,-1.0:3,+Inf:6]} st@1700000000.25
a{b="c"} {count:2,sum:NaN,bucket:[+Inf:2]} st@1700000000.25
# EOF
`,
    );
  });

  it('writes gauge histograms with fields of their own, and no start', async () => {
    equal(
      await in2({ name: 'a', type: 'gaugehistogram' }, (writer) => writer.histogram(point)),
      '# TYPE a gaugehistogram\n# HELP a Help.\na {gcount:6,gsum:12.5,bucket:[0.1:1,1.0:3,+Inf:6]}\n# EOF\n',
    );
  });

  it('writes a summary as one line', async () => {
    equal(
      await in2(
        { name: 'a', type: 'summary' },
        (writer) =>
          writer.summary({
            quantiles: [0, 0.5, 1],
            values: [1, Number.NaN, 1e21],
            count: 3,
            sum: 5,
            created: 9,
          }),
        (writer) => {
          writer.at(8);
          writer.summary({ quantiles: [], values: [], count: 0, sum: 0, created: undefined });
        },
      ),
      `# TYPE a summary
# HELP a Help.
a {count:3,sum:5,quantile:[0.0:1,0.5:NaN,1.0:1e+21]} st@9
a {count:0,sum:0,quantile:[]} 8
# EOF
`,
    );
  });

  it('leaves out what the format cannot hold, and says how much that is', async () => {
    equal(
      await in2(
        { name: 'h', type: 'histogram' },
        (writer) => {
          writer.at(9);
          writer.histogram({ ...point, sum: undefined });
        },
        (writer) => writer.sample('_bucket', ['le', '1.0'], 1),
        (writer) => writer.histogram({ ...point, created: undefined }),
      ),
      `# TYPE h histogram
# HELP h Help.
h {count:6,sum:12.5,bucket:[0.1:1,1.0:3,+Inf:6]}
${OMISSIONS}promethium_exposition_omissions{family="h",reason="format"} 2
# EOF
`,
    );
    const summary = { quantiles: [], values: [], count: 1, sum: 2, created: undefined };
    equal(
      await in2(
        { name: 's', type: 'summary' },
        (writer) => writer.summary({ ...summary, count: undefined }),
        (writer) => writer.summary({ ...summary, sum: undefined }),
        (writer) => writer.sample('', ['quantile', '0.5'], 1),
      ),
      `# TYPE s summary
# HELP s Help.
${OMISSIONS}promethium_exposition_omissions{family="s",reason="format"} 3
# EOF
`,
    );
  });
});

describe('writeOpenMetrics', () => {
  it('refuses a version that there is not', () => {
    throws(() => toOpenMetrics({ collect: () => [] }, { version: '3.0.0' as '2.0.0' }), {
      name: 'RangeError',
      message:
        'exposition "version": unknown version of OpenMetrics, expected "1.0.0" or "2.0.0", got "3.0.0"',
    });
  });
});
