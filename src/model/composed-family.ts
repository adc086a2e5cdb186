/** Families made of others, and the writers that stand between these and whoever writes. */

import type { Exemplar } from './exemplar.ts';
import type {
  FamilyHeader,
  FamilyWriter,
  HistogramPoint,
  MetricFamily,
  SummaryPoint,
} from './family.ts';
import type { Pair, Pairs } from './labels.ts';
import { samplesOf } from './sample-writer.ts';
import type { Timestamp } from './timestamp.ts';

/** The family with this header, whose metrics are those that `walk` goes through. */
export function composedFamily(header: FamilyHeader, walk: MetricFamily['walk']): MetricFamily {
  // One by one, since a header may be a family with getters.
  const { name, type, help, unit, labelNames, constantLabels } = header;
  return {
    name,
    type,
    help,
    unit,
    labelNames,
    constantLabels,
    walk,
    get samples() {
      return samplesOf(this);
    },
  };
}

/** A metric that is written as it is: with the values of its labels, and its one point. */
interface Point {
  readonly labelValues: readonly string[];
  readonly write: (writer: FamilyWriter) => void;
}

/**
 * A family of this library's own, none of which has to be checked: other than a family for custom
 * collectors it is in every bundle.
 */
export function pointsFamily(header: FamilyHeader, points: readonly Point[]): MetricFamily {
  return composedFamily(header, (writer) => {
    let next = 0;
    writer.begin(header);
    return {
      advance() {
        for (; next < points.length; next++) {
          if (writer.full) return false;
          const { labelValues, write } = points[next]!;
          for (let i = 0; i < labelValues.length; i++) writer.label(i, labelValues[i]!);
          write(writer);
        }
        return true;
      },
      close() {},
    };
  });
}

/**
 * Passes everything on as it is: for writers that change some of it. It takes no rows, whose labels and
 * numbers would pass it by.
 */
export class PassingWriter implements FamilyWriter {
  /** For those who change it, and no private field, which they could not read. */
  protected readonly writer: FamilyWriter;

  constructor(writer: FamilyWriter) {
    this.writer = writer;
  }

  get full(): boolean {
    return this.writer.full;
  }

  begin(family: FamilyHeader): void {
    this.writer.begin(family);
  }

  label(depth: number, value: string): void {
    this.writer.label(depth, value);
  }

  at(timestamp: Timestamp): void {
    this.writer.at(timestamp);
  }

  number(value: number, created?: number, exemplar?: Exemplar): void {
    this.writer.number(value, created, exemplar);
  }

  histogram(point: HistogramPoint): void {
    this.writer.histogram(point);
  }

  summary(point: SummaryPoint): void {
    this.writer.summary(point);
  }

  info(pairs: Pairs): void {
    this.writer.info(pairs);
  }

  stateSet(states: readonly string[], on: (state: number) => boolean): void {
    this.writer.stateSet(states, on);
  }

  sample(suffix: string, extra: Pair | undefined, value: number, exemplar?: Exemplar): void {
    this.writer.sample(suffix, extra, value, exemplar);
  }
}
