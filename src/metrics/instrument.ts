/** What the six instruments share: the types of labelled ones, and the constructor of all. */

import { show } from '../model/error.ts';
import type { Collector, MetricType } from '../model/family.ts';
import type { LabelNames, Labels, LabelValues } from '../model/labels.ts';
import type { Child, Metric } from './child.ts';
import { Declaration, type Kind } from './declaration.ts';
import { REGISTRY } from './default-registry.ts';
import type { DeclarationOptions, InstrumentOptions } from './instrument-options.ts';
import { LabelledMetric } from './labelled.ts';

/** What a labelled metric has, whatever its type. */
export interface Instrument extends Metric {
  /** The type that is exposed. */
  readonly type: MetricType;
  /** The names of its labels, in the order in which `labels()` takes their values. */
  readonly labelNames: readonly string[];
  /** Removes all children: what they counted is gone, and kept ones count on unseen. */
  clear(): void;
}

/** A labelled metric of which only the label names are known, not their order: used by name. */
export interface LabelledByName<Child, Name extends string> extends Instrument {
  readonly labelNames: readonly Name[];
  /**
   * Returns the child with these label values, made on the first call and the same ever after.
   *
   * @throws {TypeError} When a label is missing, unknown, or neither string nor number.
   */
  readonly labels: (labels: Labels<Name>) => Child;
  /** Removes the child with these label values. False when there was none. */
  readonly remove: (labels: Labels<Name>) => boolean;
}

/** A labelled metric: `labels()` fills in the values and returns the child that counts. */
export interface Labelled<Child, Names extends readonly string[]> extends Instrument {
  readonly labelNames: Readonly<Names>;
  /**
   * Returns the child with these label values, made on the first call and the same ever after.
   * Values go by name or, faster, by position. Keep the child where it is used often.
   *
   * A value is a string or a number; half a surrogate pair in it becomes U+FFFD.
   *
   * @throws {TypeError} When a label is missing, unknown, or neither string nor number.
   */
  readonly labels: {
    (labels: Labels<Names[number]>): Child;
    (...values: LabelValues<Names>): Child;
  };
  /** Removes the child with these label values. False when there was none. */
  readonly remove: {
    (labels: Labels<Names[number]>): boolean;
    (...values: LabelValues<Names>): boolean;
  };
}

/** The type of a field that holds a metric with the label names `Names`; `never` is without. */
export type Shape<Child, Names extends LabelNames> = [Names] extends [never]
  ? Child
  : [Names] extends [readonly string[]]
    ? Labelled<Child, Names>
    : LabelledByName<Child, Names & string>;

/** The constructor of one type of instrument. */
export interface InstrumentConstructor<Child, Options> {
  /**
   * Declares a metric and registers it.
   *
   * @throws {TypeError} When an option is missing, unknown or of the wrong type.
   * @throws {RangeError} When an option's value is not allowed, such as a name with a space.
   * @throws {AlreadyRegisteredError} When the registry has a metric that uses the name.
   */
  new <const Names extends readonly string[] = []>(
    options: Options & { readonly labelNames?: readonly [...Names] },
  ): Names extends readonly [] ? Child : Labelled<Child, Names>;
  readonly prototype: Child;
}

/** Makes the constructor of one type: the one cast that the six share. */
export function instrumentConstructor<C extends Child, Type, Options>(
  kind: Kind<C>,
  prototype: C,
): InstrumentConstructor<Type, Options> {
  const name = kind.word.charAt(0).toUpperCase() + kind.word.slice(1);
  function construct(options: InstrumentOptions): unknown {
    if (new.target === undefined) {
      throw new TypeError(
        `${kind.word}: called as a function, expected new ${name}(…), got ${name}(…)`,
      );
    }
    return create(kind, prototype, options);
  }
  Object.defineProperty(construct, 'name', { value: name });
  Object.defineProperty(construct, 'prototype', { value: prototype, writable: false });
  Object.defineProperty(prototype, 'constructor', { value: construct, configurable: true });
  return construct as unknown as InstrumentConstructor<Type, Options>;
}

function create<C extends Child>(
  kind: Kind<C>,
  prototype: C,
  options: DeclarationOptions,
): Collector {
  const registry = options?.registry === undefined ? REGISTRY : options.registry;
  if (
    typeof registry !== 'object' ||
    (registry !== null && typeof registry.root?.register !== 'function')
  ) {
    throw new TypeError(
      `${kind.word} ${show(options.name)}: no registry, expected a CollectorRegistry or null, got ${show(registry)}`,
    );
  }
  const declaration = new Declaration(kind, options, registry);
  const labelled = declaration.family.labelNames.length > 0;
  const metric = labelled
    ? new LabelledMetric<C>(declaration, prototype)
    : kind.create(declaration, []);
  if (options.callback !== undefined) declaration.setCallback(metric, options.callback);
  try {
    if (metric instanceof LabelledMetric && declaration.rules.known.every((known) => known)) {
      metric.initialize({});
    }
    // The root, since its name has the prefix of a view by now.
    registry?.root.register(metric);
  } catch (error) {
    // A metric that is refused leaves no series behind.
    metric.withdraw();
    throw error;
  }
  return metric;
}
