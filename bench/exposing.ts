/** Large registries as the bytes that are sent: what the exposition cases have in common. */

import type { Collector } from '../src/index.ts';
import type { Benchmark, Goal, Incumbent, Library } from './benchmark.ts';
import { sumOfLines } from './counts.ts';
import { bounds, LABEL_NAMES, MANY, mixedShape, type Values } from './inputs.ts';
import { expectCount, milliseconds } from './timing.ts';

const CHUNK_BYTES = 64 * 1024;

/** How a case differs from the others. */
export interface Exposing {
  readonly title: string;
  readonly type: 'counter' | 'histogram';
  readonly format: 'text' | 'openmetrics';
  readonly series: number;
  readonly goal: Goal;
}

/** A registry, and what counts once on each of its series. */
export interface Counted<Registry> {
  readonly registry: Registry;
  count(): void;
}

/** Makes a case. Every series counts once more before each scrape, so that no text stays as it was. */
export function exposing(options: Exposing): Benchmark {
  const { title, type, goal, series } = options;
  const suffix = type === 'counter' ? '_total' : '_count';
  async function measure(
    count: () => void,
    scrape: () => Promise<number>,
    text: () => Promise<string>,
  ) {
    let scrapes = 0;
    let bytes = 0;
    const time = await milliseconds({
      prepare() {
        count();
        scrapes++;
      },
      async run() {
        bytes = await scrape();
      },
    });
    const last = await text();
    expectCount(sumOfLines(last, suffix), series * scrapes);
    expectCount(bytes, Buffer.byteLength(last));
    return time;
  }
  return {
    title,
    unit: 'ms',
    goal,
    async promethium(library) {
      const { registry, count } = promethiumRegistry(library, options);
      const write = writerOf(library, options);
      return await measure(
        count,
        async () => {
          let bytes = 0;
          for await (const chunk of write(registry)) bytes += chunk.byteLength;
          return bytes;
        },
        () =>
          options.format === 'text' ? library.toText(registry) : library.toOpenMetrics(registry),
      );
    },
    async incumbent(client) {
      const { registry, count } = incumbentRegistry(client, options);
      return await measure(
        count,
        // Bytes are what is sent: whoever writes a string to a socket pays for this behind the scenes.
        async () => Buffer.from(await registry.metrics()).byteLength,
        () => registry.metrics(),
      );
    },
    async bare(library) {
      const { registry, count } = promethiumRegistry(library, options);
      count();
      const chunks: Buffer[] = [];
      for await (const chunk of writerOf(library, options)(registry))
        chunks.push(Buffer.from(chunk));
      return await copying(Buffer.concat(chunks));
    },
  };
}

/** The time it takes to copy `bytes` once, into newly allocated chunks. */
async function copying(bytes: Buffer): Promise<number> {
  let copied = 0;
  let runs = 0;
  const time = await milliseconds({
    run() {
      runs++;
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        const chunk = new Uint8Array(Math.min(CHUNK_BYTES, bytes.length - at));
        chunk.set(bytes.subarray(at, at + chunk.length));
        copied += chunk.length - chunk[0]! + chunk[0]!;
      }
    },
  });
  expectCount(copied, bytes.length * runs);
  return time;
}

function writerOf(
  library: Library,
  { format }: Exposing,
): (source: Collector) => AsyncGenerator<Uint8Array, void, undefined> {
  return format === 'text' ? library.writeText : library.writeOpenMetrics;
}

/** What a registry is made of. */
type Shape = Pick<Exposing, 'type' | 'format' | 'series'>;

function shapeOf({ series }: Shape): readonly Values[] {
  if (series > MANY) return mixedShape('/customers/', series);
  return series === MANY ? mixedShape() : mixedShape().slice(0, series);
}

/** A registry of this library. */
export function promethiumRegistry(
  library: Library,
  options: Shape,
): Counted<InstanceType<Library['CollectorRegistry']>> {
  const registry = new library.CollectorRegistry();
  const labelNames = LABEL_NAMES;
  const metric = { name: 'http_requests', help: 'Requests.', labelNames, registry };
  const shape = shapeOf(options);
  if (options.type === 'counter') {
    const counter = new library.Counter(metric);
    return { registry, count: () => shape.forEach((values) => void counter.labels(values).inc()) };
  }
  const histogram = new library.Histogram({ ...metric, buckets: bounds(11) });
  return {
    registry,
    count: () => shape.forEach((values, i) => void histogram.labels(values).observe(i / 1000)),
  };
}

/** The same registry of an incumbent. */
export function incumbentRegistry(
  client: Incumbent,
  options: Shape,
): Counted<InstanceType<Incumbent['Registry']>> {
  const registry = new client.Registry();
  if (options.format === 'openmetrics') {
    registry.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE as never);
  }
  const metric = { help: 'Requests.', labelNames: LABEL_NAMES, registers: [registry] };
  const shape = shapeOf(options);
  if (options.type === 'counter') {
    const counter = new client.Counter({ ...metric, name: 'http_requests_total' });
    return { registry, count: () => shape.forEach((values) => void counter.inc({ ...values })) };
  }
  const histogram = new client.Histogram({ ...metric, name: 'http_requests', buckets: bounds(11) });
  return {
    registry,
    count: () => shape.forEach((values, i) => void histogram.observe({ ...values }, i / 1000)),
  };
}
