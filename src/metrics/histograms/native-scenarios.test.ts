import { deepEqual, throws } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Span, toSpans } from '../../../test/native-spans.ts';
import type { FamilyWriter, HistogramPoint, MetricFamily } from '../../model/family.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import type { Clock } from '../timing/clock.ts';
import { Histogram } from './histogram.ts';

const file = join(
  import.meta.dirname,
  '../../../../shared/fixtures/native/native_limit_scenarios.json',
);
const skip = existsSync(file)
  ? false
  : "other clients' scenarios are not there: ../shared/fixtures";

interface Scenario {
  readonly name: string;
  /** One a minute, the first at minute 1. */
  readonly obs: readonly (number | string)[];
  readonly factor: number;
  /** The zero threshold: 0 for the usual one, negative for 0. */
  readonly zt: number;
  /** The most buckets, 0 for any number. */
  readonly mb: number;
  /** The greatest zero threshold. */
  readonly mz: number;
  /** Minutes without a reset, 0 for never. */
  readonly mr: number;
  readonly want: {
    readonly count: number;
    readonly sum: number | string;
    readonly schema: number;
    readonly zt: number;
    readonly zc: number;
    readonly PositiveSpan: readonly Span[];
    readonly PositiveDelta: readonly number[];
    readonly NegativeSpan: readonly Span[];
    readonly NegativeDelta: readonly number[];
    /** The minute of the last reset. */
    readonly created: number;
  };
}

/** Minutes, at the beginning of which timers are due, before the observation. */
class MinuteClock implements Clock {
  minute = 0;
  #due: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.minute * 60;
  }

  elapsed(): number {
    return this.minute * 60;
  }

  after(seconds: number, run: () => void): () => void {
    const timer = { at: this.elapsed() + seconds, run };
    this.#due.push(timer);
    return () => {
      this.#due = this.#due.filter((other) => other !== timer);
    };
  }

  runDue(): void {
    for (const timer of this.#due) {
      if (timer.at > this.elapsed()) continue;
      this.#due = this.#due.filter((other) => other !== timer);
      timer.run();
    }
  }
}

function observed({ obs, factor, zt, mb, mz, mr }: Scenario): Histogram {
  const clock = new MinuteClock();
  const histogram = new Histogram({
    name: 'h',
    help: 'H.',
    buckets: [],
    nativeFactor: factor,
    nativeMaxBuckets: mb === 0 ? Infinity : mb,
    nativeMaxZeroThreshold: mz,
    nativeMinResetSeconds: mr * 60,
    ...(zt !== 0 && { nativeZeroThreshold: Math.max(zt, 0) }),
    registry: new CollectorRegistry({ clock }),
  });
  for (const value of obs.map(Number)) {
    clock.minute++;
    clock.runDue();
    // The one thing in which this library differs: a sum would never recover from it.
    if (Number.isNaN(value)) throws(() => histogram.observe(value), RangeError);
    else histogram.observe(value);
  }
  return histogram;
}

function pointOf(histogram: Histogram): object {
  let shown = {};
  const writer = {
    full: false,
    begin() {},
    histogram({ cells, index, sum, created, native }: HistogramPoint) {
      const { schema, zeroThreshold: zt, zeroCount: zc, positive } = native!;
      const { spans: PositiveSpan, deltas: PositiveDelta } = toSpans(positive);
      const { spans: NegativeSpan, deltas: NegativeDelta } = toSpans(native!.negative);
      const numbers = { count: cells[index], sum, schema, zt, zc, created: created! / 60 };
      shown = { ...numbers, PositiveSpan, PositiveDelta, NegativeSpan, NegativeDelta };
    },
  };
  const [family] = histogram.collect() as MetricFamily[];
  family!.walk(writer as Partial<FamilyWriter> as FamilyWriter).advance();
  return shown;
}

describe("a histogram with native buckets, in the scenarios of Go's client", { skip }, () => {
  const scenarios = skip ? [] : (JSON.parse(readFileSync(file, 'utf8')) as Scenario[]);
  for (const scenario of scenarios) {
    it(scenario.name, () => {
      const { want, zt, obs } = scenario;
      const wanted = { ...want, sum: Number(want.sum) };
      if (obs.includes('NaN')) {
        wanted.count--;
        wanted.sum = obs.reduce<number>((sum, value) => sum + (Number(value) || 0), 0);
      }
      // An empty span stands for no buckets, where a reader would not know that they are native.
      if (zt < 0 && obs.length === 0) wanted.PositiveSpan = [];
      deepEqual(pointOf(observed(scenario)), wanted);
    });
  }
});
