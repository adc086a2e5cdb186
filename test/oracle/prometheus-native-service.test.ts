import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PROTOBUF, parseProtobuf } from '../../src/exposition/index.ts';
import { CollectorRegistry, Histogram } from '../../src/index.ts';
import { nativeLowerBound, nativeUpperBound } from '../../src/model/native-bounds.ts';
import {
  type HistogramSnapshot,
  histogramQuantile,
  histogramSnapshot,
} from '../../src/testing/index.ts';
import { nativeLists } from '../native-lists.ts';
import { Prometheus, prometheusName, withoutPrometheus } from './prometheus.ts';
import { Service } from './service.ts';
import type { Piece } from './service-process.ts';

const SIZE = 4;
const ROUTES = ['/', '/orders', '/orders/:id'] as const;

/** Work whose durations lie six decades apart, in parts of a second whose sums are exact. */
function work(place: number, pieces: number): Piece[] {
  return Array.from({ length: pieces }, (_, i) => ({
    route: ROUTES[(i + place) % 3]!,
    seconds: i % 11 === 0 ? 0 : (1 + ((i * 13 + place) % 29)) * 2 ** ((i % 20) - 10),
    bytes: place * 1000 + i,
    open: 0,
  }));
}

describe(`native histograms of ${SIZE} processes, scraped by ${prometheusName}`, {
  skip: withoutPrometheus,
}, () => {
  const acknowledged: Piece[] = [];
  let service: Service;
  let prometheus: Prometheus;

  before(async () => {
    service = await Service.start(SIZE);
    const jobs = { service: service.addresses };
    prometheus = await Prometheus.start(jobs, { nativeHistograms: true });
  });

  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await service?.[Symbol.asyncDispose]();
  });

  /** What one process would have that counted all of it. */
  async function expected(route: string): Promise<HistogramSnapshot> {
    const options = { name: 'all', help: 'A.', buckets: [0.5, 1, 4], nativeFactor: 1.1 };
    const registry = new CollectorRegistry();
    const all = new Histogram({ ...options, registry });
    for (const piece of acknowledged) if (piece.route === route) all.observe(piece.seconds);
    return (await histogramSnapshot(registry, 'all'))!;
  }

  async function judge(places: readonly number[]): Promise<void> {
    await prometheus.scraped('service', places.length);
    for (const place of places) {
      for (const route of ROUTES) {
        const selector = `request_seconds{instance="${service.addresses[place]}",route="${route}"}`;
        const snapshot = await expected(route);
        const { count, sum, native } = snapshot;
        const { schema, zeroThreshold, zeroCount, positive } = native!;
        deepEqual(await prometheus.histogram(selector), {
          count,
          sum,
          buckets: [
            [-zeroThreshold, zeroThreshold, zeroCount],
            ...positive.map(([index, count]) => [
              nativeLowerBound(schema, index),
              nativeUpperBound(schema, index),
              count,
            ]),
          ],
        });
        for (const q of [0.01, 0.25, 0.5, 0.9, 0.99]) {
          // This Prometheus takes values to lie evenly in a bucket.
          const own = histogramQuantile(q, snapshot, { interpolation: 'linear' });
          equal(await prometheus.value(`histogram_quantile(${q}, ${selector})`), own);
        }
      }
    }
  }

  it('are, bucket by bucket, those of one process that counted all, whichever is asked', async () => {
    const places = Array.from({ length: SIZE }, (_, place) => place);
    for (const place of places) {
      acknowledged.push(...(await service.count(place, work(place, 60 + place))));
    }
    equal(acknowledged.length, 246);
    await judge(places);
  });

  it('lose nothing of a process that is killed, and go on with one in its place', async () => {
    await service.kill(2);
    await judge([0, 1, 3]);
    await service.replace(2);
    acknowledged.push(...(await service.count(2, work(7, 50))));
    await judge([0, 1, 2, 3]);
  });

  it('come with exemplars that were recorded, the ten newest of all processes', async () => {
    const pieceOf = ({ labels, value }: { labels: Record<string, string>; value: number }) => {
      const piece = acknowledged.find(({ bytes }) => String(bytes) === labels['bytes'])!;
      equal(value, piece.seconds);
      return piece;
    };
    // This Prometheus reads that of the first classic bucket alone.
    const kept = await prometheus.exemplars('request_seconds');
    for (const { labels, value } of kept) ok(pieceOf({ labels, value: Number(value) }).seconds < 1);
    ok(kept.length >= ROUTES.length, `${kept.length} exemplars`);
    const headers = { accept: PROTOBUF.contentType };
    const response = await fetch(`http://${service.addresses[0]}/metrics`, { headers });
    const families = parseProtobuf(new Uint8Array(await response.arrayBuffer()));
    const lists = nativeLists(families, 'request_seconds');
    equal(lists.length, ROUTES.length);
    for (const list of lists) {
      const pieces = list.map(pieceOf);
      equal(new Set(pieces.map(({ bytes }) => bytes)).size, 10);
      // The last process to count is the one in the place of the one that was killed.
      for (const { bytes } of pieces) equal(Math.floor(bytes / 1000), 7);
    }
  });
});
