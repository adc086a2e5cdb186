/** How a counter counts in cells, which others may read. Alone on a heap it is `counter-on-bytes.ts`. */

import type { Cells } from '../../storage/storage.ts';
import type { Declaration, Kind } from '../declaration/declaration.ts';
import { placeOfCell } from '../rows/row-recorder.ts';
import { startTime } from '../timing/clock.ts';
import { AnyCounterChild, isAmount } from './counter-base.ts';
import { CounterChildOnBytes } from './counter-on-bytes.ts';
import { COUNTER_OPTIONS, type IncOptions, toCounterOptions } from './counter-options.ts';

/** A counter's child whose cells others read, or somebody compares. */
export class CounterChildOnCells extends AnyCounterChild {
  readonly #declaration: Declaration;
  #cells: Float64Array;
  #index: number;

  constructor(declaration: Declaration, { cells, index }: Cells) {
    super();
    this.#declaration = declaration;
    this.#cells = cells;
    this.#index = index;
    cells[index + 1] = startTime(declaration.clock);
  }

  protected get declaration(): Declaration {
    return this.#declaration;
  }

  /** As of all counters: the one that programs know. */
  override get ['constructor'](): CallableFunction {
    return super.constructor;
  }

  get value(): number {
    return this.#cells[this.#index]!;
  }

  override inc(amount = 1, options?: IncOptions): void {
    if (options === undefined && isAmount(amount)) this.#cells[this.#index]! += amount;
    else super.inc(amount, options);
  }

  protected countOn(amount: number): void {
    this.#cells[this.#index]! += amount;
  }

  protected beginAnew(): void {
    this.#cells[this.#index] = 0;
    this.#cells[this.#index + 1] = this.declaration.clock.now();
  }

  static readonly kind: Kind<CounterChildOnCells> = {
    type: 'counter',
    word: 'counter',
    options: COUNTER_OPTIONS,
    typeOptions: toCounterOptions,
    create(declaration, labelValues) {
      return new CounterChildOnCells(declaration, declaration.allocate(labelValues));
    },
    write(child, writer) {
      const { exemplars } = child.declaration;
      const exemplar = exemplars?.hasAny ? exemplars.of(child)?.[0] : undefined;
      writer.number(child.#cells[child.#index]!, child.#cells[child.#index + 1]!, exemplar);
    },
    place: (child) => ({ cells: child.#cells, index: child.#index }),
    numbers: {
      layout: { stride: 16, isPacked: false, hasStartTime: true },
      place: (child) => placeOfCell(child.#cells, child.#index),
    },
    reset: (child) => AnyCounterChild.prototype.reset.call(child),
    attach(child, { cells, index }) {
      child.#cells = cells;
      child.#index = index;
    },
    sample: () => AnyCounterChild.sample(CounterChildOnCells),
    assign(child, value) {
      child.#cells[child.#index] = child.acceptCount(value);
    },
    instead({ storage, rules }) {
      // Idleness is found by comparing cells.
      const needsCells = storage.bytes === undefined || rules.maxIdleSeconds !== undefined;
      return needsCells ? undefined : CounterChildOnBytes.kind;
    },
  };
}
