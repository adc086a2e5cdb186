import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import type { FamilyHeader, FamilyWriter, MetricFamily } from '../model/family.ts';
import { toText } from './format.ts';

type Header = Pick<FamilyHeader, 'name' | 'type'> & Partial<FamilyHeader>;

function text(header: Header, ...metrics: ((writer: FamilyWriter) => void)[]): Promise<string> {
  return toText({ collect: () => [handMadeFamily(header, metrics)] });
}

describe('TextWriter', () => {
  it('writes nothing for no families', async () => {
    equal(await toText({ collect: () => [] }), '');
  });

  it('writes help, type and a line for each metric', async () => {
    equal(
      await text(
        { name: 'requests', type: 'counter', help: 'Requests.', labelNames: ['method', 'code'] },
        (writer) => {
          writer.label(0, 'GET');
          writer.label(1, '200');
          writer.number(3, 1700000000, { labels: { trace_id: 'a' }, value: 1 });
        },
        (writer) => {
          writer.label(1, '50');
          writer.number(0.5);
        },
        (writer) => {
          writer.label(0, 'A');
          writer.label(1, '');
          writer.number(0);
        },
      ),
      `# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{method="GET",code="200"} 3
requests_total{method="GET",code="50"} 0.5
requests_total{method="A",code=""} 0
`,
    );
  });

  it('writes constant labels before the others', async () => {
    const constantLabels = [
      ['zone', 'a"b'],
      ['app', 'shop'],
    ] as const;
    equal(
      await text({ name: 'up', type: 'gauge', constantLabels }, (writer) => writer.number(1)),
      '# HELP up Help.\n# TYPE up gauge\nup{zone="a\\"b",app="shop"} 1\n',
    );
    equal(
      await text(
        { name: 'up', type: 'gauge', constantLabels, labelNames: ['job'] },
        (writer) => {
          writer.label(0, 'x');
          writer.number(1);
        },
        (writer) => {
          writer.label(0, 'longer than before');
          writer.number(1);
        },
      ),
      `# HELP up Help.
# TYPE up gauge
up{zone="a\\"b",app="shop",job="x"} 1
up{zone="a\\"b",app="shop",job="longer than before"} 1
`,
    );
  });

  it('forgets the labels of one family when the next begins', async () => {
    const labelled = (name: string, label: string): MetricFamily =>
      handMadeFamily({ name, type: 'gauge', labelNames: [label] }, [
        (writer) => writer.number(0),
        (writer) => {
          writer.label(0, 'x');
          writer.number(1);
        },
      ]);
    equal(
      await toText({ collect: () => [labelled('first', 'method'), labelled('b', 'path')] }),
      `# HELP first Help.
# TYPE first gauge
first 0
first{method="x"} 1
# HELP b Help.
# TYPE b gauge
b 0
b{path="x"} 1
`,
    );
  });

  it('writes a header alone for a family without metrics, and an empty help', async () => {
    equal(await text({ name: 'a', type: 'gauge', help: '' }), '# HELP a \n# TYPE a gauge\n');
  });

  it('calls a type that the format lacks by one that it has', async () => {
    equal(
      await text({ name: 'a', type: 'unknown' }, (writer) => writer.number(1)),
      '# HELP a Help.\n# TYPE a untyped\na 1\n',
    );
    equal(
      await text({ name: 'build', type: 'info', labelNames: ['app'] }, (writer) => {
        writer.label(0, 'shop');
        writer.info([
          ['version', '1.0'],
          ['commit', 'a\\b'],
        ]);
      }),
      '# HELP build_info Help.\n# TYPE build_info gauge\nbuild_info{app="shop",version="1.0",commit="a\\\\b"} 1\n',
    );
    equal(
      await text({ name: 'state', type: 'stateset' }, (writer) =>
        writer.stateSet(['up', 'down'], (i) => i === 1),
      ),
      '# HELP state Help.\n# TYPE state gauge\nstate{state="up"} 0\nstate{state="down"} 1\n',
    );
  });

  it('escapes backslash and line feed in help, and quotes as well in label values', async () => {
    equal(
      await text(
        { name: 'a', type: 'gauge', help: 'C:\\n\n"x"\t\r', labelNames: ['b'] },
        (writer) => {
          writer.label(0, 'C:\\n\n"x"\t\r');
          writer.number(1);
        },
      ),
      '# HELP a C:\\\\n\\n"x"\t\r\n# TYPE a gauge\na{b="C:\\\\n\\n\\"x\\"\t\r"} 1\n',
    );
  });

  it('writes a time in milliseconds behind every line of its point and no other', async () => {
    equal(
      await text(
        { name: 's', type: 'summary' },
        (writer) => {
          writer.at(1700000000.123);
          writer.summary({ quantiles: [0.5], values: [7], count: 2, sum: 9.5, created: 1 });
        },
        (writer) => writer.sample('_count', undefined, 3),
      ),
      `# HELP s Help.
# TYPE s summary
s{quantile="0.5"} 7 1700000000123
s_sum 9.5 1700000000123
s_count 2 1700000000123
s_count 3
`,
    );
  });

  it('leaves out a time that the format cannot write', async () => {
    equal(
      await text({ name: 'a', type: 'gauge' }, (writer) => {
        writer.at(Number.NaN);
        writer.number(1);
      }),
      '# HELP a Help.\n# TYPE a gauge\na 1\n',
    );
  });

  it('writes foreign samples under their suffix, and start times never', async () => {
    equal(
      await text(
        { name: 'a', type: 'histogram', labelNames: ['b'] },
        (writer) => {
          writer.label(0, 'c');
          writer.sample('_bucket', ['le', '+Inf'], 3);
        },
        (writer) => writer.sample('_created', undefined, 4),
        (writer) => writer.sample('_odd', undefined, 5),
      ),
      `# HELP a Help.
# TYPE a histogram
a_bucket{b="c",le="+Inf"} 3
a_odd{b="c"} 5
`,
    );
  });

  it('keeps labels of any length whole', async () => {
    const long = '💡"'.repeat(100_000);
    equal(
      await text(
        { name: 'a', type: 'gauge', labelNames: ['b', 'c'] },
        (writer) => {
          writer.label(0, long);
          writer.label(1, 'x');
          writer.number(1);
        },
        (writer) => {
          writer.label(1, long);
          writer.number(2);
        },
        (writer) => {
          writer.label(0, '');
          writer.label(1, 'y');
          writer.number(3);
        },
      ),
      `# HELP a Help.
# TYPE a gauge
a{b="${'💡\\"'.repeat(100_000)}",c="x"} 1
a{b="${'💡\\"'.repeat(100_000)}",c="${'💡\\"'.repeat(100_000)}"} 2
a{b="",c="y"} 3
`,
    );
  });
});
