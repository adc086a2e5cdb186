/** Collectors to serve in tests: small ones, large ones, and ones that keep a scrape waiting. */

import type { Collector, FamilyWriter, MetricFamily, Walk } from '../../src/model/family.ts';
import { samplesOf } from '../../src/model/sample-writer.ts';

/** A family of gauges, one for each number, told apart by a label `n`. */
export function gauges(
  name: string,
  count: number,
  onMetric: (n: number) => void = () => {},
): MetricFamily {
  const family: MetricFamily = {
    name,
    type: 'gauge',
    help: 'Numbers.',
    unit: '',
    labelNames: ['n'],
    constantLabels: [],
    walk: (writer) => walkGauges(family, writer, count, onMetric),
    get samples() {
      return samplesOf(family);
    },
  };
  return family;
}

function walkGauges(
  family: MetricFamily,
  writer: FamilyWriter,
  count: number,
  onMetric: (n: number) => void,
): Walk {
  let n = -1;
  return {
    advance() {
      if (n === -1) {
        writer.begin(family);
        n = 0;
      }
      for (; n < count; n++) {
        if (writer.full) return false;
        writer.label(0, String(n));
        writer.number(n);
        onMetric(n);
      }
      return true;
    },
    close() {},
  };
}

/** Metrics by the hundred thousand, which tell how far they have been read and when that ended. */
export class LargeSource implements Collector {
  /** How many metrics have been written. */
  written = 0;
  /** Resolves when nobody is going to ask for more. */
  readonly released: Promise<void>;
  readonly count: number;
  #release!: () => void;

  constructor(count: number) {
    this.count = count;
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  async *collect(): AsyncGenerator<MetricFamily> {
    try {
      yield gauges('large', this.count, (n) => {
        this.written = n + 1;
      });
    } finally {
      this.#release();
    }
  }
}

/** Collects what is given, once it is given. */
export class PendingSource implements Collector {
  /** Resolves when a scrape has begun to wait. */
  readonly asked: Promise<void>;
  #ask!: () => void;
  #give!: (families: readonly MetricFamily[]) => void;
  readonly #given: Promise<readonly MetricFamily[]>;

  constructor() {
    this.asked = new Promise((resolve) => {
      this.#ask = resolve;
    });
    this.#given = new Promise((resolve) => {
      this.#give = resolve;
    });
  }

  collect(): Promise<readonly MetricFamily[]> {
    this.#ask();
    return this.#given;
  }

  give(...families: MetricFamily[]): void {
    this.#give(families);
  }
}
