/** An exposition of 5 MB read back: half of it counters with 3 labels, half histograms of 11 buckets. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Exposition from '../../src/exposition/index.ts';
import type { Benchmark } from '../benchmark.ts';
import { bounds, mixedShape, type Values } from '../inputs.ts';
import { findBuild } from '../library.ts';
import { expectCount, milliseconds } from '../timing.ts';

const HALF = 2_500_000;

interface Document {
  readonly text: string;
  /** How many metrics there are, a histogram being one. */
  readonly metrics: number;
  readonly counters: number;
}

function makeDocument(): Document {
  const shape = mixedShape();
  const lines = ['# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\n'];
  let metrics = 0;
  let size = 0;
  const add = (text: string): void => {
    lines.push(text);
    size += text.length;
    metrics++;
  };
  while (size < HALF) add(`http_requests_total{${labels(shape[metrics]!)}} ${metrics * 17}\n`);
  lines.push('# HELP http_seconds Durations.\n# TYPE http_seconds histogram\n');
  const counters = metrics;
  while (size < 2 * HALF) add(histogram(labels(shape[metrics - counters]!), metrics));
  // By way of bytes, as a document arrives: V8 keeps joined pieces apart until somebody reads them.
  return { text: Buffer.from(lines.join('')).toString(), metrics, counters };
}

function histogram(names: string, seed: number): string {
  let count = 0;
  const buckets = [...bounds(11).map((bound) => bound.toPrecision(3)), '+Inf'].map((bound, i) => {
    count += (seed + i) % 7;
    return `http_seconds_bucket{${names},le="${bound}"} ${count}\n`;
  });
  const rest = `http_seconds_sum{${names}} ${count * 0.37}\nhttp_seconds_count{${names}} ${count}\n`;
  return buckets.join('') + rest;
}

function labels({ method, route, status }: Values): string {
  return `method="${method}",route="${route}",status="${status}"`;
}

export const benchmark: Benchmark = {
  title: '5 MB of text to families',
  unit: 'ms',
  goal: { incumbent: 5 },
  incumbents: ['parse-prometheus-text-format'],
  async promethium() {
    const { entry } = findBuild();
    const path = entry.replace(/node\.([jt]s)$/, 'exposition/index.$1');
    const url = pathToFileURL(join(import.meta.dirname, '..', '..', path)).href;
    const { parseText } = (await import(url)) as typeof Exposition;
    const { text, metrics } = makeDocument();
    let families: ReturnType<typeof parseText> = [];
    const time = await milliseconds({
      prepare() {
        families = [];
      },
      run() {
        families = parseText(text);
      },
    });
    const types = new Set(families.map(({ type }) => type));
    expectCount(types.has('counter') && types.has('histogram') ? types.size : 0, 2);
    const samples = families.flatMap((family) => [...family.samples]);
    expectCount(samples.filter(({ name }) => /_(total|count)$/.test(name)).length, metrics);
    return time;
  },
  async incumbent(client) {
    const parse = client as unknown as (text: string) => { readonly metrics: unknown[] }[];
    const { text, counters } = makeDocument();
    let families: ReturnType<typeof parse> = [];
    const time = await milliseconds({
      prepare() {
        families = [];
      },
      run() {
        families = parse(text);
      },
    });
    // It makes one histogram of all that there are, whatever their labels.
    expectCount(
      families.reduce((sum, family) => sum + family.metrics.length, 0),
      counters + 1,
    );
    return time;
  },
};
