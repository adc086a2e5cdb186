/** A large registry as bytes of protobuf, against the same in text: neither client has protobuf. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Exposition from '../../src/exposition/index.ts';
import type { Collector } from '../../src/index.ts';
import type { Benchmark, Library } from '../benchmark.ts';
import { LABEL_NAMES, mixedShape } from '../inputs.ts';
import { findBuild } from '../library.ts';
import { expectCount, milliseconds } from '../timing.ts';

type Write = (source: Collector) => AsyncGenerator<Uint8Array, void, undefined>;

/** The time of a scrape; every series counts once more before each. */
async function measure(
  { CollectorRegistry, Counter }: Library,
  write: Write,
  sum: (registry: Collector) => Promise<number>,
): Promise<number> {
  const registry = new CollectorRegistry();
  const metric = { name: 'http_requests', help: 'Requests.', labelNames: LABEL_NAMES, registry };
  const counter = new Counter(metric);
  const shape = mixedShape();
  let scrapes = 0;
  let bytes = 0;
  const time = await milliseconds({
    prepare() {
      for (const values of shape) counter.labels(values).inc();
      scrapes++;
    },
    async run() {
      for await (const chunk of write(registry)) bytes += chunk.byteLength;
    },
  });
  expectCount(await sum(registry), shape.length * scrapes);
  if (bytes === 0) throw new Error('bench: nothing was written, expected bytes, got 0');
  return time;
}

async function loadExposition(): Promise<typeof Exposition> {
  const { entry } = findBuild();
  const path = entry.replace(/node\.([jt]s)$/, 'exposition/index.$1');
  const url = pathToFileURL(join(import.meta.dirname, '..', '..', path)).href;
  return (await import(url)) as typeof Exposition;
}

async function sumOf({ parseProtobuf, toProtobuf }: typeof Exposition, registry: Collector) {
  let sum = 0;
  for (const { samples } of parseProtobuf(await toProtobuf(registry))) {
    for (const { value } of samples) sum += value;
  }
  return sum;
}

export const benchmark: Benchmark = {
  title: '100,000 counters, 3 labels, to bytes of protobuf; bare is our text',
  unit: 'ms',
  goal: { bare: 1.1 },
  incumbents: [],
  async promethium(library) {
    const exposition = await loadExposition();
    return await measure(library, exposition.writeProtobuf, (registry) =>
      sumOf(exposition, registry),
    );
  },
  async incumbent() {
    throw new Error('bench: no client but ours has protobuf');
  },
  async bare(library) {
    const exposition = await loadExposition();
    return await measure(library, library.writeText, (registry) => sumOf(exposition, registry));
  },
};
