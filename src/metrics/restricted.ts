/** A scrape that shows only what was asked for by name. */

import { formatBound } from '../model/bound.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type {
  FamilyHeader,
  FamilyWriter,
  HistogramPoint,
  MetricFamily,
  SummaryPoint,
} from '../model/family.ts';
import type { Pair, Pairs } from '../model/labels.ts';
import { claimedNames } from '../model/name.ts';
import { samplesOf } from '../model/sample-writer.ts';
import type { Timestamp } from '../model/timestamp.ts';

/** Passes on the families, and of families the samples, that bear a name in `wanted`. */
export async function* restrict(
  families: AsyncIterable<MetricFamily>,
  wanted: ReadonlySet<string>,
): AsyncGenerator<MetricFamily> {
  for await (const family of families) {
    const whole = wanted.has(family.name);
    if (whole) yield family;
    else if (claimedNames(family).some((name) => wanted.has(name))) yield filtered(family, wanted);
  }
}

function filtered(family: MetricFamily, wanted: ReadonlySet<string>): MetricFamily {
  const { name, type, help, unit, labelNames, constantLabels } = family;
  return {
    name,
    type,
    help,
    unit,
    labelNames,
    constantLabels,
    walk: (writer) => family.walk(new SampleFilter(writer, wanted)),
    get samples() {
      return samplesOf(this);
    },
  };
}

/** Stands before a writer and holds back the samples that nobody asked for. */
class SampleFilter implements FamilyWriter {
  readonly #writer: FamilyWriter;
  readonly #wanted: ReadonlySet<string>;
  #family: FamilyHeader | undefined;
  #timestamp: Timestamp | undefined;

  constructor(writer: FamilyWriter, wanted: ReadonlySet<string>) {
    this.#writer = writer;
    this.#wanted = wanted;
  }

  get full(): boolean {
    return this.#writer.full;
  }

  begin(family: FamilyHeader): void {
    this.#family = family;
    this.#writer.begin(family);
  }

  label(depth: number, value: string): void {
    this.#writer.label(depth, value);
  }

  at(timestamp: Timestamp): void {
    this.#timestamp = timestamp;
  }

  number(value: number, created?: number, exemplar?: Exemplar): void {
    if (this.#wants('_total')) {
      this.#passTime();
      this.#writer.number(value, created, exemplar);
    }
    this.#timestamp = undefined;
  }

  histogram({ bounds, cells, index, cumulative, sum, exemplars }: HistogramPoint): void {
    const gauge = this.#family?.type === 'gaugehistogram';
    let count = 0;
    for (let i = 0; i <= bounds.length; i++) {
      count = cumulative ? cells[index + i]! : count + cells[index + i]!;
      this.#pass('_bucket', ['le', formatBound(bounds[i] ?? Infinity)], count, exemplars?.[i]);
    }
    if (sum !== undefined) this.#pass(gauge ? '_gsum' : '_sum', undefined, sum);
    this.#pass(gauge ? '_gcount' : '_count', undefined, count);
    this.#timestamp = undefined;
  }

  summary({ count, sum }: SummaryPoint): void {
    if (sum !== undefined) this.#pass('_sum', undefined, sum);
    if (count !== undefined) this.#pass('_count', undefined, count);
    this.#timestamp = undefined;
  }

  info(pairs: Pairs): void {
    if (this.#wants('_info')) {
      this.#passTime();
      this.#writer.info(pairs);
    }
    this.#timestamp = undefined;
  }

  // A family that bears the name itself is passed on whole, without a filter.
  stateSet(): void {}

  sample(suffix: string, extra: Pair | undefined, value: number, exemplar?: Exemplar): void {
    this.#pass(suffix, extra, value, exemplar);
    this.#timestamp = undefined;
  }

  #wants(suffix: string): boolean {
    return this.#wanted.has(this.#family!.name + suffix);
  }

  #pass(suffix: string, extra: Pair | undefined, value: number, exemplar?: Exemplar): void {
    if (!this.#wants(suffix)) return;
    this.#passTime();
    this.#writer.sample(suffix, extra, value, exemplar);
  }

  #passTime(): void {
    if (this.#timestamp !== undefined) this.#writer.at(this.#timestamp);
  }
}
