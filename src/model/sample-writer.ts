/** Turns a walk into plain samples: for tests, for people, and for whoever wants no more. */

import { formatBound } from './bound.ts';
import { classicBuckets } from './classic-buckets.ts';
import type { Exemplar } from './exemplar.ts';
import type {
  FamilyHeader,
  FamilyWriter,
  HistogramPoint,
  MetricFamily,
  SummaryPoint,
} from './family.ts';
import type { Pair, Pairs } from './labels.ts';
import type { Sample } from './sample.ts';
import type { Timestamp } from './timestamp.ts';

/** Walks `family` to its end and returns its samples in the order of an exposition. */
export function samplesOf(family: Pick<MetricFamily, 'walk'>): Sample[] {
  const writer = new SampleWriter();
  const walk = family.walk(writer);
  try {
    while (!walk.advance());
  } finally {
    walk.close();
  }
  return writer.samples;
}

/** Gathers samples. Start times are left to the formats that can carry them. */
class SampleWriter implements FamilyWriter {
  readonly full = false;
  readonly samples: Sample[] = [];
  #family: FamilyHeader | undefined;
  #values: string[] = [];
  #timestamp: Timestamp | undefined;

  begin(family: FamilyHeader): void {
    this.#family = family;
    this.#values = [];
  }

  label(depth: number, value: string): void {
    this.#values.length = depth;
    this.#values.push(value);
  }

  at(timestamp: Timestamp): void {
    this.#timestamp = timestamp;
  }

  number(value: number, _created?: number, exemplar?: Exemplar): void {
    this.#add(this.#family?.type === 'counter' ? '_total' : '', [], value, exemplar);
    this.#timestamp = undefined;
  }

  histogram(point: HistogramPoint): void {
    const { bounds, cells, index, cumulative } = classicBuckets(point);
    const { sum, exemplars } = point;
    const gauge = this.#family?.type === 'gaugehistogram';
    let count = 0;
    for (let i = 0; i <= bounds.length; i++) {
      const cell = cells[index + i]!;
      count = cumulative ? cell : count + cell;
      this.#add('_bucket', [['le', formatBound(bounds[i] ?? Infinity)]], count, exemplars?.[i]);
    }
    if (sum !== undefined) this.#add(gauge ? '_gsum' : '_sum', [], sum);
    this.#add(gauge ? '_gcount' : '_count', [], count);
    this.#timestamp = undefined;
  }

  summary({ quantiles, values, count, sum }: SummaryPoint): void {
    quantiles.forEach((quantile, i) => {
      this.#add('', [['quantile', formatBound(quantile)]], values[i]!);
    });
    if (sum !== undefined) this.#add('_sum', [], sum);
    if (count !== undefined) this.#add('_count', [], count);
    this.#timestamp = undefined;
  }

  info(pairs: Pairs): void {
    this.#add('_info', pairs, 1);
    this.#timestamp = undefined;
  }

  stateSet(states: readonly string[], on: (state: number) => boolean): void {
    const name = this.#family?.name ?? '';
    states.forEach((state, i) => {
      this.#add('', [[name, state]], on(i) ? 1 : 0);
    });
    this.#timestamp = undefined;
  }

  sample(suffix: string, extra: Pair | undefined, value: number, exemplar?: Exemplar): void {
    this.#add(suffix, extra === undefined ? [] : [extra], value, exemplar);
    this.#timestamp = undefined;
  }

  #add(suffix: string, extra: Pairs, value: number, exemplar?: Exemplar): void {
    const family = this.#family!;
    const labels: [string, string][] = family.constantLabels.map(([name, text]) => [name, text]);
    this.#values.forEach((text, depth) => {
      labels.push([family.labelNames[depth]!, text]);
    });
    for (const [name, text] of extra) labels.push([name, text]);
    this.samples.push({
      name: family.name + suffix,
      // fromEntries defines properties, so that a label named __proto__ stays a label.
      labels: Object.fromEntries(labels),
      value,
      ...(this.#timestamp !== undefined && { timestamp: this.#timestamp }),
      ...(exemplar !== undefined && { exemplar }),
    });
  }
}
