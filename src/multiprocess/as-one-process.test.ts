/** The promise of the multi-process mode, tried with programs drawn at random. */

import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/manual-clock.ts';
import { type Ending, temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { toOpenMetrics, toText } from '../exposition/index.ts';
import { Histogram } from '../metrics/histograms/histogram.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { Enum } from '../metrics/instruments/enum.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import { Info } from '../metrics/instruments/info.ts';
import { Summary } from '../metrics/instruments/summary.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { MetricFamily } from '../model/family.ts';
import { CounterMetricFamily } from '../model/number-families.ts';
import { histogramSnapshot } from '../testing/histogram-snapshot.ts';
import { MultiprocessStorage } from './multiprocess-storage.ts';

const PROCESSES = 3;
const VALUES = ['', 'a', 'b"\n', '花'] as const;

/** What a program does next, and in which of its processes, if not in all. */
type Step =
  | ({ readonly kind: 'inc' | 'observe' | 'gauge' | 'tick'; readonly at: number } & Draw)
  | ({ readonly kind: 'child'; readonly at: number } & Draw)
  | ({ readonly kind: 'remove' } & Draw)
  | { readonly kind: 'clear' | 'reset' }
  | { readonly kind: 'state'; readonly on: boolean }
  | { readonly kind: 'end' | 'scrape'; readonly at: number };

interface Draw {
  readonly label: string;
  readonly amount: number;
  readonly exemplar: boolean;
}

const at = fc.nat(PROCESSES - 1);
const draw = {
  label: fc.constantFrom(...VALUES),
  // Whole eighths add up to the same sum in any order.
  amount: fc.nat(40).map((eighths) => eighths / 8),
  exemplar: fc.boolean(),
};
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constantFrom('inc' as const, 'observe' as const, 'gauge' as const, 'tick' as const),
      at,
      ...draw,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('child' as const), at, ...draw }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), ...draw }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('clear' as const, 'reset' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('state' as const), on: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('end' as const, 'scrape' as const), at }),
  },
);

/** The metrics of the program, as one process has them. */
class Metrics {
  readonly registry: CollectorRegistry;
  ticks = 0;
  counter!: Counter<['path']>;
  plain!: Counter;
  histogram!: Histogram<['path']>;
  summary!: Summary<['path']>;
  inProgress!: Gauge<['path']>;
  state!: Enum;
  info!: Info;

  /** `first` is which of the modules is loaded before all others. */
  constructor(clock: ManualClock, storage: MultiprocessStorage | undefined, first: number) {
    this.registry = new CollectorRegistry({
      clock,
      constantLabels: { zone: 'z' },
      targetInfo: { version: '1' },
      ...(storage !== undefined && { storage }),
    });
    const modules = [() => this.#counters(), () => this.#distributions(), () => this.#others()];
    for (let i = 0; i < 3; i++) modules[(first + i) % 3]!();
    this.info.info({ build: '1' });
  }

  #counters(): void {
    const { registry } = this;
    const given = { help: 'Some\nhelp.', labelNames: ['path'], registry } as const;
    this.plain = new Counter({ name: 'b', help: 'B.', registry });
    this.counter = new Counter({ ...given, name: 'a_bytes', unit: 'bytes' });
  }

  #distributions(): void {
    const given = { help: 'H.', labelNames: ['path'], registry: this.registry } as const;
    this.histogram = new Histogram({ ...given, name: 'c', buckets: [1, 2.5], nativeFactor: 1.3 });
    this.summary = new Summary({ ...given, name: 'd.e' });
  }

  #others(): void {
    const { registry } = this;
    const summed = { help: 'S.', registry, multiprocessMode: 'sum' } as const;
    const states = { states: ['off', 'on'], multiprocessMode: 'mostrecent' } as const;
    this.inProgress = new Gauge({ ...summed, name: 'f', labelNames: ['path'] });
    this.state = new Enum({ name: 'g', help: 'G.', registry, ...states });
    this.info = new Info({ name: 'h', help: 'H.', registry });
    new Gauge({ ...summed, name: 'i', callback: () => this.ticks });
    registry.register({ collect: () => this.#collect() }, { scope: 'process' });
  }

  do(step: Step): void {
    const { label, amount, exemplar } = { label: '', amount: 0, exemplar: false, ...step };
    const options = exemplar ? { exemplar: { trace_id: label } } : {};
    const actions: { readonly [kind in Step['kind']]?: () => void } = {
      inc: () => {
        this.counter.labels(label).inc(amount, options);
        this.plain.inc(amount);
      },
      observe: () => {
        this.histogram.labels(label).observe(amount, options);
        this.summary.labels(label).observe(amount);
      },
      gauge: () => this.inProgress.labels(label).inc(exemplar ? amount : -amount),
      tick: () => {
        this.ticks += amount;
      },
      child: () => {
        this.counter.labels(label);
        this.histogram.labels(label);
      },
      remove: () => {
        const { counter, histogram, summary, inProgress } = this;
        for (const metric of [counter, histogram, summary, inProgress]) metric.remove(label);
      },
      clear: () => this.histogram.clear(),
      reset: () => this.registry.reset(),
      state: () => this.state.state('on' in step && step.on ? 'on' : 'off'),
    };
    actions[step.kind]!();
  }

  #collect(): MetricFamily[] {
    const family = new CounterMetricFamily({ name: 'j', help: 'J.', labelNames: ['path'] });
    return [family.addMetric(['x'], this.ticks, { created: 5 })];
  }
}

/** The same program, in several processes and in one. */
class Comparison {
  readonly #clock = new ManualClock();
  readonly #directory: string;
  readonly #heap = new Metrics(this.#clock, undefined, 0);
  readonly #storages: MultiprocessStorage[] = [];
  readonly #processes: Metrics[] = [];
  #hasEnded = false;

  constructor(directory: string) {
    this.#directory = directory;
    for (let i = 0; i < PROCESSES; i++) this.#start(i);
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.#clock.pass(1);
      if (step.kind === 'end') {
        this.#storages[step.at]!.close();
        this.#start(step.at);
        this.#hasEnded = true;
        // A process that begins states its facts, which a reset may have taken away.
        this.#heap.info.info({ build: '1' });
      } else if (step.kind === 'scrape') {
        await this.#compare(this.#processes[step.at]!.registry);
      } else if ('at' in step) {
        this.#processes[step.at]!.do(step);
        this.#heap.do(step);
      } else if (step.kind === 'state') {
        this.#processes[0]!.do(step);
        this.#heap.do(step);
      } else if (!this.#hasEnded) {
        // What an ended process counted is nobody's to take away.
        for (const metrics of [...this.#processes, this.#heap]) metrics.do(step);
      }
    }
    const sidecar = new MultiprocessStorage({ directory: this.#directory, readOnly: true });
    const registries = this.#processes.map(({ registry }) => registry);
    const texts: string[] = [];
    for (const registry of [...registries, new CollectorRegistry({ storage: sidecar })]) {
      texts.push(await this.#compare(registry));
    }
    for (const text of texts) equal(text, texts[0]);
  }

  close(): void {
    for (const storage of this.#storages) storage.close();
  }

  #start(place: number): void {
    const storage = new MultiprocessStorage({ directory: this.#directory, mapper: 'koffi' });
    this.#storages[place] = storage;
    this.#processes[place] = new Metrics(this.#clock, storage, place + 1);
  }

  async #compare(registry: CollectorRegistry): Promise<string> {
    for (const storage of this.#storages) await storage.publishNow();
    const text = await toOpenMetrics(registry, { created: true });
    const expected = await toOpenMetrics(this.#heap.registry, { created: true });
    // On the heap, series are shown in the order in which they were made.
    deepEqual(text.split('\n').sort(), expected.split('\n').sort());
    for (const path of VALUES) {
      const [some, wanted] = await Promise.all(
        [registry, this.#heap.registry].map((one) =>
          histogramSnapshot(one, 'c', { zone: 'z', path }),
        ),
      );
      deepEqual(some, wanted);
    }
    for (const names of [['b', 'c_sum'], ['j_total'], ['a_bytes', 'target_info']]) {
      const [some, wanted] = await Promise.all(
        [registry, this.#heap.registry].map((one) => toText(one.restrictedTo(names))),
      );
      deepEqual(some!.split('\n').sort(), wanted!.split('\n').sort());
    }
    return text;
  }
}

describe('A program in several processes', () => {
  it('is shown as if it were one', async (context) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const ends: (() => void | Promise<void>)[] = [];
        const ending: Ending = { after: (end) => void ends.push(end) };
        const comparison = new Comparison(temporaryFolder(ending));
        try {
          await comparison.run(steps);
        } finally {
          comparison.close();
          for (const end of ends) await end();
        }
      }),
      { numRuns: 40 },
    );
    context.diagnostic('40 programs');
  });
});
