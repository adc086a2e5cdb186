import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HOSTILE_LABELS } from './every-metric.ts';
import {
  inOrder,
  Prometheus,
  prometheusName,
  type Series,
  withoutPrometheus,
} from './prometheus.ts';
import { Service } from './service.ts';
import type { Piece } from './service-process.ts';

const SIZE = 4;
const BOUNDS = [0.5, 1, 4] as const;

/** Work as different as can be, in quarters: their sums are exact in whatever order they come. */
function work(place: number, pieces: number): Piece[] {
  return Array.from({ length: pieces }, (_, i) => ({
    route: HOSTILE_LABELS[(i * 7 + place) % 5]!,
    seconds: ((i * 5 + place) % 23) / 4,
    bytes: 2 ** 31 * place + i + 0.25,
    open: place * 10 + (i % 7),
  }));
}

/** What Prometheus has to know of the work that each process, in its turn, has acknowledged. */
function expected(
  acknowledged: readonly (readonly Piece[])[],
  living: readonly number[],
): Series[] {
  const all = acknowledged.flat();
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const opened = acknowledged.map((pieces) => pieces.at(-1)?.open ?? 0);
  return [
    ['open_ever', {}, sum(opened)],
    ['open_most', {}, Math.max(...opened)],
    ['open_now', {}, sum(living.map((one) => opened[one]!))],
    ['request_bytes_count', {}, all.length],
    ['request_bytes_sum', {}, sum(all.map(({ bytes }) => bytes))],
    ...[...new Set(all.map(({ route }) => route))].flatMap((route): Series[] => {
      const seconds = all.filter((piece) => piece.route === route).map((piece) => piece.seconds);
      return [
        ...BOUNDS.map(
          (bound): Series => [
            'request_seconds_bucket',
            { route, le: bound === 0.5 ? '0.5' : `${bound}.0` },
            seconds.filter((value) => value <= bound).length,
          ],
        ),
        ['request_seconds_bucket', { route, le: '+Inf' }, seconds.length],
        ['request_seconds_count', { route }, seconds.length],
        ['request_seconds_sum', { route }, sum(seconds)],
        ['requests_total', { route }, seconds.length],
      ];
    }),
    ['service_info', { version: '1.0.0' }, 1],
    ['service_state', { service_state: 'serving' }, 1],
    ['service_state', { service_state: 'starting' }, 0],
  ];
}

describe(`a service of ${SIZE} processes, scraped by ${prometheusName}`, {
  skip: withoutPrometheus,
}, () => {
  const acknowledged: (readonly Piece[])[] = [];
  let service: Service;
  let prometheus: Prometheus;

  before(async () => {
    service = await Service.start(SIZE);
    prometheus = await Prometheus.start({ service: service.addresses });
  });

  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await service?.[Symbol.asyncDispose]();
  });

  /** Scrapes the processes in these places, each of which has to show what all have counted. */
  async function judge(places: readonly number[], living: readonly number[]): Promise<void> {
    await prometheus.scraped('service', places.length);
    const all = inOrder(expected(acknowledged, living));
    for (const place of places) {
      const instance = service.addresses[place];
      deepEqual(await prometheus.query(`{job="service",instance="${instance}"}`), all);
    }
  }

  it('shows the sum of what all have acknowledged, whichever of them is asked', async () => {
    const places = Array.from({ length: SIZE }, (_, place) => place);
    acknowledged.push(
      ...(await Promise.all(places.map((place) => service.count(place, work(place, 40 + place))))),
    );
    equal(acknowledged.flat().length, 166);
    await judge(places, [0, 1, 2, 3]);
  });

  it('loses nothing of a process that is killed, but its live gauges', async () => {
    await service.kill(2);
    await judge([0, 1, 3], [0, 1, 3]);
  });

  it('counts on with a process in the place of the dead one', async () => {
    await service.replace(2);
    acknowledged.push(await service.count(2, work(9, 30)));
    acknowledged[0] = [...acknowledged[0]!, ...(await service.count(0, work(5, 10)))];
    equal(acknowledged.flat().length, 206);
    await judge([0, 1, 2, 3], [0, 1, 3, 4]);
  });

  it('keeps all that a process killed at work has acknowledged, and counts nothing twice', async () => {
    const before = acknowledged.flat().length;
    const pieces = work(3, 5000);
    const counted = await service.killAtWork(3, pieces, 500);
    await prometheus.scraped('service', 3);
    for (const place of [0, 1, 2]) {
      const instance = `{instance="${service.addresses[place]}"}`;
      const requests = await prometheus.value(`sum(requests_total${instance})`);
      ok(requests >= before + counted && requests <= before + pieces.length, `${requests}`);
      // Death can come between two instruments, never between more than that.
      const sizes = await prometheus.value(`request_bytes_count${instance}`);
      ok(sizes === requests || sizes === requests - 1, `${sizes} of ${requests}`);
    }
  });

  it('is described to Prometheus as a single process is', async () => {
    deepEqual(await prometheus.metadata('service'), {
      open_ever: { type: 'gauge', help: 'Open.', unit: '' },
      open_most: { type: 'gauge', help: 'Most open.', unit: '' },
      open_now: { type: 'gauge', help: 'Open.', unit: '' },
      request_bytes: { type: 'summary', help: 'Sizes.', unit: '' },
      request_seconds: { type: 'histogram', help: 'Durations.', unit: '' },
      requests: { type: 'counter', help: 'Requests.', unit: '' },
      service: { type: 'info', help: 'Service.', unit: '' },
      service_state: { type: 'stateset', help: 'State.', unit: '' },
    });
  });
});
