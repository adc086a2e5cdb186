/** A scrape that shows only what was asked for by name. */

import { formatBound } from '../../model/bound.ts';
import { composedFamily, PassingWriter } from '../../model/composed-family.ts';
import type { Exemplar } from '../../model/exemplar.ts';
import type {
  FamilyHeader,
  FamilyWriter,
  HistogramPoint,
  MetricFamily,
  MetricType,
  SummaryPoint,
} from '../../model/family.ts';
import type { Pair } from '../../model/labels.ts';
import { typeSuffix } from '../../model/name.ts';
import type { Timestamp } from '../../model/timestamp.ts';

/** The suffixes of all lines of the types whose points have several names. */
const LINES: Partial<Record<MetricType, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  gaugehistogram: ['_bucket', '_gsum', '_gcount'],
  summary: ['_sum', '_count'],
};

/**
 * Passes on the families, and of families the samples, that bear a name in `wanted`.
 *
 * A histogram or summary without some of its lines is none that every format can hold: OpenMetrics
 * has no histogram without buckets and no sum without a count. Each name is then a family of its own
 * and of unknown type, as lines of no known family are anywhere. Buckets alone stay a histogram,
 * which OpenMetrics 1.0 allows, and which keeps their exemplars.
 */
export async function* restrict(
  families: AsyncIterable<MetricFamily>,
  wanted: ReadonlySet<string>,
): AsyncGenerator<MetricFamily> {
  for await (const family of families) {
    if (wanted.has(family.name)) yield family;
    else yield* partsOf(family, wanted);
  }
}

function partsOf(family: MetricFamily, wanted: ReadonlySet<string>): MetricFamily[] {
  const { name, type } = family;
  const lines = LINES[type];
  if (lines === undefined) return wanted.has(name + typeSuffix(type)) ? [family] : [];
  const shown = lines.filter((suffix) => wanted.has(name + suffix));
  if (shown.length < lines.length && shown.join() !== '_bucket') {
    return shown.map((suffix) => part(family, loneHeader(family, suffix), [suffix]));
  }
  // The quantiles of a summary bear the name of the family, which nobody asked for.
  return shown.length === lines.length && type !== 'summary'
    ? [family]
    : [part(family, family, shown)];
}

/** The header of a family that consists of the lines with this suffix. */
function loneHeader(header: FamilyHeader, suffix: string): FamilyHeader {
  const { name, type, help, labelNames, constantLabels } = header;
  // Sum and count of a gauge histogram, which go up and down, are gauges in text as well.
  const isGauge = type === 'gaugehistogram' && suffix !== '_bucket';
  return {
    name: name + suffix,
    type: isGauge ? 'gauge' : 'unknown',
    help,
    // The name has another last word than the unit now.
    unit: '',
    labelNames,
    constantLabels,
  };
}

/** The lines of `family` with these suffixes, as a family with this header. */
function part(
  family: MetricFamily,
  header: FamilyHeader,
  suffixes: readonly string[],
): MetricFamily {
  const isLone = header.name !== family.name;
  return composedFamily(header, (writer) => family.walk(new LineFilter(writer, suffixes, isLone)));
}

/** Stands before a writer and holds back the lines of histograms and summaries that nobody asked for. */
class LineFilter extends PassingWriter {
  readonly #suffixes: readonly string[];
  readonly #isLone: boolean;
  #isGauge = false;
  #timestamp: Timestamp | undefined;

  /** @param isLone - True where the suffix is part of the family's name. */
  constructor(writer: FamilyWriter, suffixes: readonly string[], isLone: boolean) {
    super(writer);
    this.#suffixes = suffixes;
    this.#isLone = isLone;
  }

  override begin(family: FamilyHeader): void {
    this.#isGauge = family.type === 'gaugehistogram';
    this.writer.begin(this.#isLone ? loneHeader(family, this.#suffixes[0]!) : family);
  }

  override at(timestamp: Timestamp): void {
    this.#timestamp = timestamp;
  }

  override histogram({ bounds, cells, index, cumulative, sum, exemplars }: HistogramPoint): void {
    let count = 0;
    for (let i = 0; i <= bounds.length; i++) {
      count = cumulative ? cells[index + i]! : count + cells[index + i]!;
      this.#pass('_bucket', ['le', formatBound(bounds[i] ?? Infinity)], count, exemplars?.[i]);
    }
    if (sum !== undefined) this.#pass(this.#isGauge ? '_gsum' : '_sum', undefined, sum);
    this.#pass(this.#isGauge ? '_gcount' : '_count', undefined, count);
    this.#timestamp = undefined;
  }

  override summary(point: SummaryPoint): void {
    const { sum, count } = point;
    if (this.#isLone) {
      if (sum !== undefined) this.#pass('_sum', undefined, sum);
      if (count !== undefined) this.#pass('_count', undefined, count);
    } else {
      this.#passTime();
      this.writer.summary({ ...point, quantiles: [], values: [] });
    }
    this.#timestamp = undefined;
  }

  override sample(
    suffix: string,
    extra: Pair | undefined,
    value: number,
    exemplar?: Exemplar,
  ): void {
    this.#pass(suffix, extra, value, exemplar);
    this.#timestamp = undefined;
  }

  // Families of other types have lines of one name, and are passed on whole or not at all.
  override number(): void {}

  override info(): void {}

  override stateSet(): void {}

  #pass(suffix: string, extra: Pair | undefined, value: number, exemplar?: Exemplar): void {
    if (!this.#suffixes.includes(suffix)) return;
    this.#passTime();
    if (this.#isLone) this.writer.sample('', extra, value);
    else this.writer.sample(suffix, extra, value, exemplar);
  }

  #passTime(): void {
    if (this.#timestamp !== undefined) this.writer.at(this.#timestamp);
  }
}
