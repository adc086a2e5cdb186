import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { observingContract } from '../../../test/contracts/observing.ts';
import type { MetricFamily } from '../../model/family.ts';
import { Summary } from './summary.ts';

observingContract('summary', (registry) => new Summary({ name: 'x', help: 'X.', registry }));

describe('Summary', () => {
  it('shows sum and count, of each child its own', () => {
    const sizes = new Summary({
      name: 'response_size_bytes',
      help: 'Sizes.',
      labelNames: ['route'],
      registry: null,
    });
    sizes.labels('/').observe(100, { count: 2 });
    sizes.labels('/a').observe(0.5);
    const [family] = sizes.collect() as MetricFamily[];
    deepEqual(
      [...family!.samples],
      [
        { name: 'response_size_bytes_sum', labels: { route: '/' }, value: 200 },
        { name: 'response_size_bytes_count', labels: { route: '/' }, value: 2 },
        { name: 'response_size_bytes_sum', labels: { route: '/a' }, value: 0.5 },
        { name: 'response_size_bytes_count', labels: { route: '/a' }, value: 1 },
      ],
    );
  });
});
