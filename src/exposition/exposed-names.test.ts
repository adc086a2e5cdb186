import { equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import type { FamilyHeader, FamilyWriter, HistogramPoint, MetricFamily } from '../model/family.ts';
import { ESCAPING_SCHEMES, type EscapingScheme } from './escaping.ts';
import { type OpenMetricsOptions, toOpenMetrics, toText } from './format.ts';

type Header = Pick<FamilyHeader, 'name' | 'type'> & Partial<FamilyHeader>;

const POINT: HistogramPoint = {
  bounds: [1],
  cells: [1, 2],
  index: 0,
  cumulative: false,
  sum: 5,
  created: undefined,
  exemplars: undefined,
};

function one(header: Header, write: (writer: FamilyWriter) => void = (writer) => writer.number(1)) {
  return handMadeFamily(header, [write]);
}

function text(escaping: EscapingScheme, ...families: MetricFamily[]): Promise<string> {
  return toText({ collect: () => families }, { escaping });
}

function openMetrics(options: OpenMetricsOptions, ...families: MetricFamily[]): Promise<string> {
  return toOpenMetrics({ collect: () => families }, { created: true, ...options });
}

const requests = one(
  {
    name: 'http.requests',
    type: 'counter',
    labelNames: ['http.method', 'code'],
    constantLabels: [['zone"\\\n', 'a']],
  },
  (writer) => {
    writer.label(0, 'GET "x"');
    writer.label(1, '200');
    writer.number(3, 7, { labels: { 'trace.id': 'b', span: 'c' }, value: 1, timestamp: 9 });
  },
);

describe('names of any text, in the text format', () => {
  const headers = (name: string): string => `# HELP ${name} Help.\n# TYPE ${name} counter\n`;

  it('are quoted within the braces where they may stay what they are', async () => {
    equal(
      await text('allow-utf-8', requests),
      `${headers('"http.requests_total"')}{"http.requests_total","zone\\"\\\\\\n"="a","http.method"="GET \\"x\\"",code="200"} 3\n`,
    );
  });

  it('are escaped with the suffix of their type where they may not', async () => {
    equal(
      await text('underscores', requests),
      `${headers('http_requests_total')}http_requests_total{zone___="a",http_method="GET \\"x\\"",code="200"} 3\n`,
    );
    equal(
      await text('dots', requests),
      `${headers('http_dot_requests__total')}http_dot_requests__total{zone______="a",http_dot_method="GET \\"x\\"",code="200"} 3\n`,
    );
    equal(
      await text('values', requests),
      `${headers('U__http_2e_requests__total')}U__http_2e_requests__total{U__zone_22__5c__a_="a",U__http_2e_method="GET \\"x\\"",code="200"} 3\n`,
    );
  });

  it('are left in every scheme where every server understands them', async () => {
    const known = one({ name: 'a:b_c', type: 'gauge', labelNames: ['d_e'] }, (writer) => {
      writer.label(0, 'x.y');
      writer.number(1);
    });
    for (const scheme of ESCAPING_SCHEMES) {
      equal(
        await text(scheme, known),
        '# HELP a:b_c Help.\n# TYPE a:b_c gauge\na:b_c{d_e="x.y"} 1\n',
      );
    }
  });

  it('have the suffixes that tell lines apart behind them, in quotes and out', async () => {
    const family = one({ name: 'a.b', type: 'histogram' }, (writer) => writer.histogram(POINT));
    equal(
      await text('values', family),
      `# HELP U__a_2e_b Help.
# TYPE U__a_2e_b histogram
U__a_2e_b_bucket{le="1.0"} 1
U__a_2e_b_bucket{le="+Inf"} 3
U__a_2e_b_sum 5
U__a_2e_b_count 3
`,
    );
    const gauge = one({ name: 'a.b', type: 'gaugehistogram', labelNames: ['c'] }, (writer) => {
      writer.label(0, 'd');
      writer.histogram(POINT);
    });
    equal(
      await text('allow-utf-8', gauge),
      `# HELP "a.b" Help.
# TYPE "a.b" histogram
{"a.b_bucket",c="d",le="1.0"} 1
{"a.b_bucket",c="d",le="+Inf"} 3
# HELP "a.b_gcount" Help.
# TYPE "a.b_gcount" gauge
{"a.b_gcount",c="d"} 3
# HELP "a.b_gsum" Help.
# TYPE "a.b_gsum" gauge
{"a.b_gsum",c="d"} 5
`,
    );
  });

  it('name facts and the label of states too', async () => {
    const info = one({ name: 'build.host', type: 'info', labelNames: ['p q'] }, (writer) => {
      writer.label(0, 'r');
      writer.info([
        ['os.name', 'x'],
        ['arch', 'y'],
      ]);
    });
    const states = one({ name: 'my.state', type: 'stateset' }, (writer) =>
      writer.stateSet(['on'], () => true),
    );
    equal(
      await text('allow-utf-8', info, states),
      `# HELP "build.host_info" Help.
# TYPE "build.host_info" gauge
{"build.host_info","p q"="r","os.name"="x",arch="y"} 1
# HELP "my.state" Help.
# TYPE "my.state" gauge
{"my.state","my.state"="on"} 1
`,
    );
    equal(
      await text('underscores', info, states),
      `# HELP build_host_info Help.
# TYPE build_host_info gauge
build_host_info{p_q="r",os_name="x",arch="y"} 1
# HELP my_state Help.
# TYPE my_state gauge
my_state{my_state="on"} 1
`,
    );
  });
});

describe('names of any text, in OpenMetrics', () => {
  it('are quoted, in exemplars and start times as well', async () => {
    equal(
      await openMetrics({ escaping: 'allow-utf-8' }, requests),
      `# TYPE "http.requests" counter
# HELP "http.requests" Help.
{"http.requests_total","zone\\"\\\\\\n"="a","http.method"="GET \\"x\\"",code="200"} 3 # {"trace.id"="b",span="c"} 1 9
{"http.requests_created","zone\\"\\\\\\n"="a","http.method"="GET \\"x\\"",code="200"} 7
# EOF
`,
    );
  });

  it('are escaped, and the family bears its samples’ name without the suffix', async () => {
    equal(
      await openMetrics({ escaping: 'values' }, requests),
      `# TYPE U__http_2e_requests_ counter
# HELP U__http_2e_requests_ Help.
U__http_2e_requests__total{U__zone_22__5c__a_="a",U__http_2e_method="GET \\"x\\"",code="200"} 3 # {U__trace_2e_id="b",span="c"} 1 9
U__http_2e_requests__created{U__zone_22__5c__a_="a",U__http_2e_method="GET \\"x\\"",code="200"} 7
# EOF
`,
    );
    const colon = one({ name: 'a:b', type: 'gauge', labelNames: ['c:d'] }, (writer) => {
      writer.label(0, 'e');
      writer.number(0);
    });
    equal(
      await openMetrics({}, colon),
      '# TYPE a:b gauge\n# HELP a:b Help.\na:b{c_d="e"} 0\n# EOF\n',
    );
  });

  it('bear a unit where it is the last word of what they have become', async () => {
    const unit = (name: string, type: 'counter' | 'gauge') =>
      handMadeFamily({ name, type, unit: 'seconds' });
    equal(
      await openMetrics({}, unit('a.b.seconds', 'gauge'), unit('c.d_seconds', 'counter')),
      `# TYPE a_b_seconds gauge
# UNIT a_b_seconds seconds
# HELP a_b_seconds Help.
# TYPE c_d_seconds counter
# UNIT c_d_seconds seconds
# HELP c_d_seconds Help.
# EOF
`,
    );
    equal(
      await openMetrics({ escaping: 'values' }, unit('c.d_seconds', 'counter')),
      '# TYPE U__c_2e_d__seconds_ counter\n# HELP U__c_2e_d__seconds_ Help.\n# EOF\n',
    );
  });
});

describe('a scheme that does not exist', () => {
  it('is refused by each writer', () => {
    const refused = {
      name: 'RangeError',
      message:
        'exposition "escaping": unknown scheme, expected underscores, dots, values, allow-utf-8, got "utf-8"',
    };
    const source = { collect: () => [] };
    const options = { escaping: 'utf-8' as EscapingScheme };
    throws(() => toText(source, options), refused);
    throws(() => toOpenMetrics(source, options), refused);
    throws(() => toOpenMetrics(source, { ...options, version: '2.0.0' }), refused);
  });
});
