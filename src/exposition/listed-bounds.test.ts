import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { empty, family } from '../../test/decoded-families.ts';
import { nativeBuckets, nativeHistogram } from '../../test/native-buckets.ts';
import type { MetricFamily } from '../model/family.ts';
import { toOpenMetrics, toText } from './index.ts';

const native = nativeHistogram({
  schema: -53,
  customBounds: [1, 2, 5],
  positive: nativeBuckets([0, 4], [2, 1], [3, 2]),
});

function histogram(bounds: readonly number[], cells: readonly number[]): MetricFamily {
  return family({ name: 'a', type: 'histogram' }, (writer) =>
    writer.histogram({ ...empty, bounds, cells, native }),
  );
}

const LINES = [
  'a_bucket{le="1.0"} 4',
  'a_bucket{le="2.0"} 4',
  'a_bucket{le="5.0"} 5',
  'a_bucket{le="+Inf"} 7',
  'a_sum 0',
  'a_count 7',
];

describe('Listed bounds of a native histogram', () => {
  it('are classic buckets in text', async () => {
    const text = ['# HELP a h', '# TYPE a histogram', ...LINES, ''].join('\n');
    equal(await toText(histogram([], [7])), text);
  });

  it('are classic buckets in OpenMetrics', async () => {
    const text = ['# TYPE a histogram', '# HELP a h', ...LINES, '# EOF', ''].join('\n');
    equal(await toOpenMetrics(histogram([], [7])), text);
    const later = await toOpenMetrics(histogram([], [7]), { version: '2.0.0' });
    equal(
      later,
      '# TYPE a histogram\n# HELP a h\na {count:7,sum:0,bucket:[1.0:4,2.0:4,5.0:5,+Inf:7]}\n# EOF\n',
    );
  });

  it('are classic buckets as samples', () => {
    const samples = [...histogram([], [7]).samples];
    deepEqual(
      samples.map(({ labels, value }) => [labels['le'], value]),
      [
        ['1.0', 4],
        ['2.0', 4],
        ['5.0', 5],
        ['+Inf', 7],
        [undefined, 0],
        [undefined, 7],
      ],
    );
  });

  it('are left out beside classic buckets', async () => {
    const text = await toText(histogram([3], [5, 2]));
    equal(
      text,
      [
        '# HELP a h',
        '# TYPE a histogram',
        'a_bucket{le="3.0"} 5',
        'a_bucket{le="+Inf"} 7',
        'a_sum 0',
        'a_count 7',
        '',
      ].join('\n'),
    );
  });
});
