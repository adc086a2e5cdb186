/** Memory that series take: what the memory cases have in common. */

import type { Benchmark, Goal, Incumbent, Library } from './benchmark.ts';
import { incumbentCount, promethiumCount } from './counts.ts';
import { bounds, LABEL_NAMES, type Values } from './inputs.ts';
import { bytesPerSeries } from './memory.ts';

const buckets = bounds(11);

/** How a case differs from the others. */
export interface Keeping {
  readonly title: string;
  readonly type: 'counter' | 'histogram';
  readonly goal: Goal;
  /**
   * The label values of each series. Made before the measuring begins: what the strings themselves take is
   * the program's, and the same whoever counts. With a `prefix` of their own they are others.
   */
  shape(prefix?: string): readonly Values[];
}

/** Makes a case, which counts once on every series. */
export function keeping({ title, type, goal, shape }: Keeping): Benchmark {
  const suffix = type === 'counter' ? '_total' : '_count';
  return {
    title,
    unit: 'B',
    goal,
    async promethium(library) {
      return await bytesPerSeries({
        series: shape(),
        others: shape('other-'),
        make: (series) => makePromethium(library, type, series),
        counted: (registry) => promethiumCount(library, registry, suffix),
      });
    },
    async incumbent(client) {
      return await bytesPerSeries({
        series: shape(),
        others: shape('other-'),
        make: (series) => makeIncumbent(client, type, series),
        counted: (registry) => incumbentCount(registry, suffix),
      });
    },
  };
}

function makePromethium(library: Library, type: Keeping['type'], series: readonly Values[]) {
  const registry = new library.CollectorRegistry();
  const options = { name: 'n', help: 'N.', labelNames: LABEL_NAMES, registry };
  if (type === 'counter') {
    const counter = new library.Counter(options);
    for (const { method, route, status } of series) counter.labels(method, route, status).inc();
  } else {
    const histogram = new library.Histogram({ ...options, buckets });
    for (const { method, route, status } of series) {
      histogram.labels(method, route, status).observe(1);
    }
  }
  return registry;
}

function makeIncumbent(client: Incumbent, type: Keeping['type'], series: readonly Values[]) {
  const registry = new client.Registry();
  const options = { help: 'N.', labelNames: LABEL_NAMES, registers: [registry] };
  if (type === 'counter') {
    const counter = new client.Counter({ ...options, name: 'n_total' });
    for (const { method, route, status } of series) counter.inc({ method, route, status });
  } else {
    const histogram = new client.Histogram({ ...options, name: 'n', buckets });
    for (const { method, route, status } of series) {
      histogram.observe({ method, route, status }, 1);
    }
  }
  return registry;
}
