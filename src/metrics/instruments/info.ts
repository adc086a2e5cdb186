/** Info: facts about a program as labels. */

import { toFacts } from '../../model/facts.ts';
import type { LabelNames, LabelValue, Pairs } from '../../model/labels.ts';
import type { Cells } from '../../storage/storage.ts';
import { Child, type Metric } from '../children/child.ts';
import type { Declaration, Kind } from '../declaration/declaration.ts';
import type { InstrumentOptions } from '../declaration/instrument-options.ts';
import { type InstrumentConstructor, instrumentConstructor, type Shape } from './instrument.ts';

/** What an info metric is declared with. */
export type InfoOptions = Omit<InstrumentOptions, 'unit'>;

/** Facts, as labels. */
export interface InfoChild extends Metric {
  readonly type: 'info';
  /**
   * States the facts, in place of those stated before. Nothing is exposed before the first call.
   *
   * @throws {TypeError} When `facts` is not an object, or a value is neither string nor number.
   * @throws {RangeError} When a fact's name is not a label name, or is one of the metric's labels.
   */
  info(facts: Readonly<Record<string, LabelValue>>): void;
}

class InfoChildInStorage extends Child {
  readonly type = 'info';
  readonly #labelValues: readonly string[];
  #pairs: Pairs | undefined;
  #place: Cells | undefined;
  /** True once the child was removed: what it states then is seen by nobody. */
  #detached = false;

  constructor(declaration: Declaration, labelValues: readonly string[]) {
    super(declaration);
    this.#labelValues = labelValues;
  }

  info(facts: Readonly<Record<string, LabelValue>>): void {
    const pairs = this.#toPairs(facts);
    if (this.#detached) return;
    // The new statement before the old one goes: a reader may see both, but never none.
    const place = this.declaration.allocate(this.#labelValues, pairs);
    if (this.#place !== undefined) this.declaration.release(this.#place);
    this.#pairs = pairs;
    this.#place = place;
  }

  override inspected(): readonly [subject: string, shown: object] {
    return [this.declaration.subject, Object.fromEntries(this.#pairs ?? [])];
  }

  /** Takes the statement back. */
  #retract(): void {
    if (this.#place !== undefined) this.declaration.release(this.#place);
    this.#place = undefined;
    this.#pairs = undefined;
  }

  #toPairs(facts: Readonly<Record<string, unknown>>): Pairs {
    const { subject, family } = this.declaration;
    const labels = [...family.labelNames, ...family.constantLabels.map(([name]) => name)];
    return toFacts(subject, family, labels, facts, 'info() refused');
  }

  static readonly kind: Kind<InfoChildInStorage> = {
    type: 'info',
    word: 'info',
    options: [],
    typeOptions: () => ({}),
    create: (declaration, labelValues) => new InfoChildInStorage(declaration, labelValues),
    write(child, writer) {
      if (child.#pairs !== undefined) writer.info(child.#pairs);
    },
    place: (child) => child.#place,
    reset: (child) => child.#retract(),
    detach(child) {
      child.#detached = true;
      child.#retract();
    },
  };
}

/**
 * An info metric: facts about a program as labels of a metric that is always 1, such as its version
 * and build. Exposed with the suffix `_info`, which the name may have or not.
 *
 * As a type, `Info` is one without labels or a child, `Info<['module']>` one with these labels,
 * `Info<'module' | 'host'>` one that is used by label name alone.
 *
 * @example
 * ```ts
 * import { Info } from 'promethium';
 *
 * new Info({ name: 'build_info', help: 'What is running.' }).info({ version: '1.2.3' });
 * ```
 *
 * @see {@link https://prometheus.io/docs/specs/om/open_metrics_spec/#info | OpenMetrics 1.0, Info}
 */
export type Info<Names extends LabelNames = never> = Shape<InfoChild, Names>;

/** Declares an info metric and registers it: `new Info({ name, help, … })`. */
export const Info: InstrumentConstructor<InfoChild, InfoOptions> =
  /* @__PURE__ */ instrumentConstructor(InfoChildInStorage);
