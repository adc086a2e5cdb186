import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import type { FamilyHeader, FamilyWriter, HistogramPoint } from '../model/family.ts';
import { toText } from './format.ts';

type Header = Pick<FamilyHeader, 'name' | 'type'> & Partial<FamilyHeader>;

function text(header: Header, ...metrics: ((writer: FamilyWriter) => void)[]): Promise<string> {
  return toText({ collect: () => [handMadeFamily(header, metrics)] });
}

const point: HistogramPoint = {
  bounds: [0.1, 1, 1e6],
  cells: [9, 1, 2, 0, 3, 9],
  index: 1,
  cumulative: false,
  sum: 12.5,
  created: 1700000000,
  exemplars: [{ labels: { trace_id: 'a' }, value: 0.05 }, undefined, undefined, undefined],
};

describe('TextWriter, of distributions,', () => {
  it('adds up buckets, and writes sum and count after them', async () => {
    equal(
      await text({ name: 'h', type: 'histogram', labelNames: ['a'] }, (writer) => {
        writer.label(0, 'b');
        writer.histogram(point);
      }),
      `# HELP h Help.
# TYPE h histogram
h_bucket{a="b",le="0.1"} 1
h_bucket{a="b",le="1.0"} 3
h_bucket{a="b",le="1e+06"} 3
h_bucket{a="b",le="+Inf"} 6
h_sum{a="b"} 12.5
h_count{a="b"} 6
`,
    );
  });

  it('leaves cumulative buckets as they are, and renders bounds anew where they change', async () => {
    equal(
      await text(
        { name: 'h', type: 'histogram' },
        (writer) => writer.histogram(point),
        (writer) =>
          writer.histogram({
            ...point,
            bounds: [-5],
            cells: [1, 3],
            index: 0,
            cumulative: true,
            sum: undefined,
          }),
      ),
      `# HELP h Help.
# TYPE h histogram
h_bucket{le="0.1"} 1
h_bucket{le="1.0"} 3
h_bucket{le="1e+06"} 3
h_bucket{le="+Inf"} 6
h_sum 12.5
h_count 6
h_bucket{le="-5.0"} 1
h_bucket{le="+Inf"} 3
h_count 3
`,
    );
  });

  it('writes the sums and counts of gauge histograms as gauges that follow them', async () => {
    const sizes = handMadeFamily({ name: 'sizes', type: 'gaugehistogram', labelNames: ['q'] }, [
      (writer) => {
        writer.label(0, 'a');
        writer.histogram({ ...point, bounds: [1], index: 0, cells: [1, 2] });
      },
      (writer) => {
        writer.label(0, 'b');
        writer.at(7);
        writer.histogram({ ...point, bounds: [1], index: 0, cells: [3, 4], sum: 8 });
      },
    ]);
    const after = handMadeFamily({ name: 'z', type: 'gauge' }, [(writer) => writer.number(1)]);
    const buckets = `# HELP sizes Help.
# TYPE sizes histogram
sizes_bucket{q="a",le="1.0"} 1
sizes_bucket{q="a",le="+Inf"} 3
sizes_bucket{q="b",le="1.0"} 3 7000
sizes_bucket{q="b",le="+Inf"} 7 7000
# HELP sizes_gcount Help.
# TYPE sizes_gcount gauge
sizes_gcount{q="a"} 3
sizes_gcount{q="b"} 7 7000
# HELP sizes_gsum Help.
# TYPE sizes_gsum gauge
sizes_gsum{q="a"} 12.5
sizes_gsum{q="b"} 8 7000
`;
    equal(await toText({ collect: () => [sizes] }), buckets);
    equal(
      await toText({ collect: () => [sizes, after] }),
      `${buckets}# HELP z Help.\n# TYPE z gauge\nz 1\n`,
    );
  });

  it('writes quantiles, sum and count of a summary, and only those that it has', async () => {
    equal(
      await text(
        { name: 's', type: 'summary', labelNames: ['a'] },
        (writer) => {
          writer.label(0, 'b');
          writer.summary({
            quantiles: [0.5, 1],
            values: [7, Number.NaN],
            count: 2,
            sum: 9.5,
            created: 1,
          });
        },
        (writer) => {
          writer.label(0, 'c');
          writer.summary({
            quantiles: [],
            values: [],
            count: undefined,
            sum: undefined,
            created: undefined,
          });
        },
      ),
      `# HELP s Help.
# TYPE s summary
s{a="b",quantile="0.5"} 7
s{a="b",quantile="1.0"} NaN
s_sum{a="b"} 9.5
s_count{a="b"} 2
`,
    );
  });
});
