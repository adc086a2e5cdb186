import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { batchOf } from '../../test/hand-made-sampler.ts';
import { toText } from '../exposition/index.ts';
import type { CounterChild } from '../metrics/instruments/counter.ts';
import type { Labelled } from '../metrics/instruments/instrument.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { Clock } from '../metrics/timing/clock.ts';
import type { DelaySampler } from './delay-batch.ts';
import { DelayWindow } from './delay-window.ts';
import { addDelay, collectEventLoopMetrics } from './event-loop.ts';
import { MetricGroup } from './metric-group.ts';

/** A registry with the delays of `next`, which a test sets, at a time that a test sets. */
function watched(buckets: readonly number[]) {
  const state = { next: [] as number[], seconds: 0 };
  const clock: Clock = { now: () => 0, elapsed: () => state.seconds, after: () => () => {} };
  const sampler: DelaySampler = {
    batch: () => batchOf(...state.next),
    reset() {
      state.next = [];
    },
    stop() {},
  };
  const registry = new CollectorRegistry({ clock });
  const group = new MetricGroup(registry);
  addDelay(group, sampler, buckets);
  return { state, registry, group };
}

/** The sample lines alone. */
function lines(text: string): string {
  return text.replace(/^(#.*)?\n/gm, '').trimEnd();
}

/** Keeps the loop from turning. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('event loop delays', () => {
  it('count in a histogram and are summed up for a minute', async () => {
    const { state, registry } = watched([0.01, 0.1]);
    state.next = [0.002, 0.004, 0.006, 0.5];
    equal(
      lines(await toText(registry)),
      `nodejs_eventloop_delay_seconds_bucket{le="0.01"} 3
nodejs_eventloop_delay_seconds_bucket{le="0.1"} 3
nodejs_eventloop_delay_seconds_bucket{le="+Inf"} 4
nodejs_eventloop_delay_seconds_sum 0.512
nodejs_eventloop_delay_seconds_count 4
nodejs_eventloop_lag_seconds 0.128
nodejs_eventloop_lag_min_seconds 0.002
nodejs_eventloop_lag_max_seconds 0.5
nodejs_eventloop_lag_mean_seconds 0.128
nodejs_eventloop_lag_p50_seconds 0.004
nodejs_eventloop_lag_p90_seconds 0.5
nodejs_eventloop_lag_p99_seconds 0.5`,
    );
  });

  it('are the same for a second scraper: a scrape takes nothing away', async () => {
    const { state, registry } = watched([0.01, 0.1]);
    state.next = [0.002, 0.004, 0.5];
    const first = await toText(registry);
    equal(await toText(registry), first);
    state.seconds = 15;
    equal(await toText(registry), first);
  });

  it('add up in the histogram, and leave the gauges after a minute', async () => {
    const { state, registry } = watched([0.1]);
    state.next = [0.5];
    await toText(registry);
    state.seconds = 30;
    state.next = [0.25];
    ok(lines(await toText(registry)).includes('lag_max_seconds 0.5\n'));
    state.seconds = 61;
    state.next = [0.125];
    equal(
      lines(await toText(registry)),
      `nodejs_eventloop_delay_seconds_bucket{le="0.1"} 0
nodejs_eventloop_delay_seconds_bucket{le="+Inf"} 3
nodejs_eventloop_delay_seconds_sum 0.875
nodejs_eventloop_delay_seconds_count 3
nodejs_eventloop_lag_seconds 0.125
nodejs_eventloop_lag_min_seconds 0.125
nodejs_eventloop_lag_max_seconds 0.25
nodejs_eventloop_lag_mean_seconds 0.1875
nodejs_eventloop_lag_p50_seconds 0.125
nodejs_eventloop_lag_p90_seconds 0.25
nodejs_eventloop_lag_p99_seconds 0.25`,
    );
  });

  it('are 0, not NaN, before there is any', async () => {
    const { registry } = watched([0.1]);
    const text = await toText(registry);
    ok(lines(text).endsWith('nodejs_eventloop_lag_p99_seconds 0'));
    ok(!text.includes('NaN'));
  });

  it('are looked at once a second, and once more at the end', async () => {
    const { state, registry, group } = watched([0.1]);
    const delays = registry.get('nodejs_eventloop_delay_seconds') as unknown as { count: number };
    state.next = [0.5];
    await toText(registry);
    state.seconds = 0.9;
    state.next = [0.5];
    await toText(registry);
    equal(delays.count, 1);
    group.stop();
    equal(delays.count, 2);
  });

  it('keep a window as long as the time between scrapes, however long that is', () => {
    const window = new DelayWindow();
    const summary = { count: 1, sum: 2, min: 2, max: 2, steps: [[1, 2]] as const };
    window.add({ ...summary, max: 9 }, 0);
    window.add(summary, 3600);
    deepEqual(window.statistics, { last: 2, min: 2, max: 2, mean: 2, p50: 2, p90: 2, p99: 2 });
  });

  it('show a loop that is really blocked, and how long', async () => {
    const registry = new CollectorRegistry();
    const handle = collectEventLoopMetrics({ registry });
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    // In a timer, so that the turn that is too long is one of its own.
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        block(200);
        resolve();
      }, 60);
    });
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    const text = await toText(registry);
    const max = Number(/^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(text)?.[1]);
    ok(max > 0.14 && max < 2, `${max} s`);
    const below = Number(/_bucket\{le="0\.1"\} (\d+)$/m.exec(text)?.[1]);
    const all = Number(/_bucket\{le="\+Inf"\} (\d+)$/m.exec(text)?.[1]);
    ok(all > below && below > 0, `${below} of ${all}`);
    handle.stop();
  });
});

describe('event loop utilization', () => {
  it('grows by the time the loop is busy, and by the time it waits', async () => {
    const registry = new CollectorRegistry();
    const handle = collectEventLoopMetrics({ registry });
    const seconds = registry.get('nodejs_eventloop_seconds_total') as unknown as Labelled<
      CounterChild,
      ['state']
    >;
    const read = async (): Promise<[number, number]> => {
      await toText(registry);
      return [seconds.labels('active').value, seconds.labels('idle').value];
    };
    await nextTurn();
    const [active, idle] = await read();
    block(100);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [activeAfter, idleAfter] = await read();
    ok(activeAfter - active >= 0.09, `active ${activeAfter} after ${active}`);
    ok(idleAfter - idle >= 0.05, `idle ${idleAfter} after ${idle}`);
    handle.stop();
  });
});

describe('collectEventLoopMetrics', () => {
  for (const resolutionMs of [0, 1.5, Number.NaN]) {
    it(`refuses a resolution of ${resolutionMs}`, () => {
      throws(() => collectEventLoopMetrics({ resolutionMs, registry: new CollectorRegistry() }), {
        name: 'RangeError',
        message: `collectEventLoopMetrics "resolutionMs": not a resolution, expected a whole number >= 1, got ${resolutionMs}`,
      });
    });
  }
});
