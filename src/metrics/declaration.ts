/** What all children of one instrument share: how it was declared, and where its numbers lie. */

import type { InstrumentType, MultiprocessMode, StoredFamily } from '../model/cells.ts';
import { cellCount, isStamped } from '../model/cells.ts';
import { show } from '../model/error.ts';
import type { FamilyWriter, MetricFamily, Walk } from '../model/family.ts';
import type { Pairs } from '../model/labels.ts';
import { claimedNames, familyName, validateLabelNames } from '../model/name.ts';
import { type Sample, samplesOf } from '../model/sample.ts';
import { MemoryStorage } from '../storage/memory.ts';
import type { Cells, SeriesStorage, Storage } from '../storage/storage.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import type { CollectorRegistry } from './registry.ts';

/** What every instrument is declared with. */
export interface InstrumentOptions {
  /** The metric's name, such as `http_requests_total`: a word for what, the unit, for counters `total`. */
  readonly name: string;
  /** A sentence for people: what is counted or measured. */
  readonly help: string;
  /** Where the metric is registered: `REGISTRY` unless given, in none and on the heap with `null`. */
  readonly registry?: CollectorRegistry | null;
}

/** What only some types are declared with. */
export interface TypeOptions {
  readonly bounds?: readonly number[];
  readonly states?: readonly string[];
  readonly mode?: MultiprocessMode;
}

/** What a callback returns that is asked for a value at every scrape. */
export type ValueCallback = () => number | Promise<number>;

/** What one type of instrument knows how to do with its children. */
export interface Kind<Child> {
  /** The type that is exposed. */
  readonly type: InstrumentType;
  /** The type as errors name it, and as its class is called. */
  readonly word: string;
  /** The options it has beside those of every instrument. */
  readonly options: readonly string[];
  /** Checks the options of its own and returns what they come to. */
  typeOptions(subject: string, options: object): TypeOptions;
  /** Makes a child, whose cells it allocates. */
  create(declaration: Declaration, labelValues: readonly string[]): Child;
  /** Writes a child's point. */
  write(child: Child, writer: FamilyWriter): void;
  /** Gives the child cells of its own, so that it counts on unseen, and returns those it had. */
  detach(child: Child): Cells | undefined;
  /** Sets a child to what its callback returned; only where the type takes callbacks. */
  assign?(child: Child, value: unknown): void;
}

const COMMON_OPTIONS = ['name', 'help', 'registry', 'labelNames'];

/** The shared part of an instrument. */
export class Declaration {
  /** The name as it was declared. */
  readonly name: string;
  /** The family that is exposed. */
  readonly family: StoredFamily;
  /** What the type knows how to do. */
  readonly kind: Kind<unknown>;
  /** The clock of the registry. */
  readonly clock: Clock;
  readonly #series: SeriesStorage;
  readonly #stamp: (() => number) | undefined;
  #withdrawn = false;
  readonly #callbacks = new Map<unknown, ValueCallback>();

  /**
   * @throws {TypeError} When an option is unknown, missing or of the wrong type.
   * @throws {RangeError} When an option's value is not allowed.
   * @throws {AlreadyRegisteredError} When the registry has a metric that uses the name.
   */
  constructor(
    kind: Kind<unknown>,
    options: InstrumentOptions & {
      readonly labelNames?: readonly string[];
      readonly callback?: ValueCallback;
    },
    registry: CollectorRegistry | null,
  ) {
    if (typeof options !== 'object' || options === null) {
      throw new TypeError(
        `${kind.word}: declared without options, expected { name, help, … }, got ${show(options)}`,
      );
    }
    const { name, help, labelNames = [] } = options;
    this.name = name;
    this.kind = kind;
    const subject = this.subject;
    refuseUnknown(subject, options, [...COMMON_OPTIONS, ...kind.options]);
    const { type } = kind;
    const header = { name: familyName(type, name, kind.word), type };
    if (typeof help !== 'string' || help === '') {
      throw new TypeError(`${subject}: no help, expected a sentence for people, got ${show(help)}`);
    }
    validateLabelNames(subject, header, labelNames);
    validateCallback(subject, labelNames, options);
    const { bounds = [], states = [], mode = 'sum' } = kind.typeOptions(subject, options);
    this.family = {
      ...header,
      help,
      unit: '',
      labelNames: Object.freeze([...labelNames]),
      constantLabels: [],
      bounds,
      states,
      mode,
    };
    this.clock = registry?.clock ?? SYSTEM_CLOCK;
    if (registry !== null) refuseTaken(this, registry);
    const storage: Storage = registry?.storage ?? new MemoryStorage();
    this.#series = storage.declare(this.family);
    this.#stamp = isStamped(this.family)
      ? () => storage.now?.() ?? this.clock.elapsed()
      : undefined;
  }

  /** The instrument as errors name it. */
  get subject(): string {
    return `${this.kind.word} ${typeof this.name === 'string' ? `"${this.name}"` : show(this.name)}`;
  }

  /** Tells when a cell was written last, where the mode needs that. */
  get stamp(): (() => number) | undefined {
    return this.#stamp;
  }

  /** Cells for the series with these label values. */
  allocate(labelValues: readonly string[], pairs?: Pairs): Cells {
    return this.#series.allocate(labelValues, pairs);
  }

  /** Gives cells back to the storage. */
  release(place: Cells): void {
    this.#series.release(place);
  }

  /** Takes a metric without labels out of its storage, once: registered anew it stays out. */
  withdraw(metric: unknown): void {
    if (this.#withdrawn) return;
    this.#withdrawn = true;
    const place = this.kind.detach(metric);
    if (place !== undefined) this.release(place);
  }

  /** The numbers at `place`, copied to cells that nobody else has and nobody exposes. */
  copyOf({ cells, index }: Cells): Float64Array {
    return cells.slice(index, index + cellCount(this.family));
  }

  /** Asks `callback` for the child's value at every scrape. */
  setCallback(child: unknown, callback: ValueCallback): void {
    requireCallback(this.subject, callback);
    this.#callbacks.set(child, callback);
  }

  /** Forgets the callback of a child that is gone. */
  dropCallback(child: unknown): void {
    this.#callbacks.delete(child);
  }

  /** Sets every child that has a callback to what it returns. A promise if any callback gave one. */
  refresh(): void | Promise<void> {
    const waiting: Promise<void>[] = [];
    for (const [child, callback] of this.#callbacks) {
      try {
        const value = callback();
        if (typeof value === 'number') this.kind.assign?.(child, value);
        else waiting.push(Promise.resolve(value).then((late) => this.kind.assign?.(child, late)));
      } catch (error) {
        // Not thrown here: a promise that was given before would be left to reject unheard.
        waiting.push(Promise.reject(error));
      }
    }
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
  }

  /** The instrument's family, whose metrics `begin` walks through. */
  toFamily(labelNames: readonly string[], begin: (writer: FamilyWriter) => Walk): MetricFamily {
    return new InstrumentFamily(this.family, labelNames, begin);
  }
}

function refuseUnknown(subject: string, options: object, known: readonly string[]): void {
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue;
    throw new TypeError(
      `${subject}: unknown option, expected ${known.join(', ')}, got ${show(option)}`,
    );
  }
}

function validateCallback(
  subject: string,
  labelNames: readonly string[],
  { callback }: { readonly callback?: unknown },
): void {
  if (callback === undefined) return;
  requireCallback(subject, callback);
  if (labelNames.length === 0) return;
  throw new TypeError(
    `${subject}: callback on a metric with labels, expected setFunction() on its children, got a callback`,
  );
}

function requireCallback(subject: string, callback: unknown): void {
  if (typeof callback === 'function') return;
  throw new TypeError(`${subject}: no callback, expected a function, got ${show(callback)}`);
}

/**
 * Lets the registry refuse a name that is taken before the storage hears of the family, which would
 * take the last one declared under a name for the one that is meant.
 */
function refuseTaken({ name, family }: Declaration, registry: CollectorRegistry): void {
  if (!claimedNames(family).some((claimed) => registry.get(claimed) !== undefined)) return;
  const probe = { name, describe: () => [family], collect: () => [] };
  registry.register(probe);
}

/** An instrument's family at the moment of a scrape. */
class InstrumentFamily implements MetricFamily {
  readonly name: string;
  readonly type: InstrumentType;
  readonly help: string;
  readonly unit: string;
  readonly labelNames: readonly string[];
  readonly constantLabels: Pairs;
  readonly #begin: (writer: FamilyWriter) => Walk;

  constructor(
    family: StoredFamily,
    labelNames: readonly string[],
    begin: (writer: FamilyWriter) => Walk,
  ) {
    this.name = family.name;
    this.type = family.type;
    this.help = family.help;
    this.unit = family.unit;
    this.labelNames = labelNames;
    this.constantLabels = family.constantLabels;
    this.#begin = begin;
  }

  walk(writer: FamilyWriter): Walk {
    writer.begin(this);
    return this.#begin(writer);
  }

  get samples(): Sample[] {
    return samplesOf(this);
  }
}
