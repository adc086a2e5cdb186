/** What all children of one instrument share: how it was declared, and where its numbers lie. */

import { cellCount, type InstrumentType, isStamped, type StoredFamily } from '../../model/cells.ts';
import { show } from '../../model/error.ts';
import type { FamilyWriter, MetricFamily, Walk } from '../../model/family.ts';
import type { Pairs } from '../../model/labels.ts';
import { refuseUnknown } from '../../model/option.ts';
import { MemoryStorage } from '../../storage/memory.ts';
import type { Bytes, Cells, SeriesStorage, Storage } from '../../storage/storage.ts';
import { InstrumentFamily } from '../collection/instrument-family.ts';
import {
  ExemplarKeeper,
  type OnExemplarDropped,
  type PlaceOfExemplar,
} from '../exemplars/exemplar-keeper.ts';
import type { ExemplarSampling } from '../exemplars/exemplar-options.ts';
import type { NativeExemplars, PlaceOfNativeExemplar } from '../exemplars/native-exemplars.ts';
import type { LabelRules } from '../labels/label-rules.ts';
import { QuantileSharing } from '../quantiles/quantile-sharing.ts';
import type { QuantileSettings } from '../quantiles/quantile-window.ts';
import { type InstrumentRegistry, refuseTaken } from '../registry/instrument-registry.ts';
import type { NumberKind } from '../rows/shown-rows.ts';
import { type Clock, SYSTEM_CLOCK } from '../timing/clock.ts';
import { describe, type TypeOptions } from './family-description.ts';
import { fullName } from './full-name.ts';
import { COMMON_OPTIONS, type DeclarationOptions } from './instrument-options.ts';
import type { NativeOptions } from './native-options.ts';
import { ValueCallbacks } from './value-callbacks.ts';

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
  /** The cells of the child; nothing where it has none. */
  place(child: Child): Cells | undefined;
  /** Gives the child these cells in place of those it has; absent where it has none, or not always. */
  attach?(child: Child, place: Cells): void;
  /** Takes the child out of the storage; only of types without {@linkcode Kind.attach}. */
  detach?(child: Child): void;
  /** Where the children keep their numbers; only of types that have one number each. */
  readonly numbers?: NumberKind<Child>;
  /** Sets a child to what it was when it was made. */
  reset(child: Child): void;
  /**
   * Makes children sample exemplars, those that there are as well; only where the type has any.
   * Until then, the methods that observe do not know of it, which would cost each call 0.6 to 1 ns.
   */
  sample?(): void;
  /** Makes a list for the exemplars of a child with native buckets; only where the type has them. */
  exemplarList?(placeOf: PlaceOfNativeExemplar | undefined): NativeExemplars;
  /** The kind to be used in the place of this one; nothing where it is this one. */
  instead?(declaration: Declaration): Kind<unknown> | undefined;
  /** Sets a child to what its callback returned; only where the type takes callbacks. */
  assign?(child: Child, value: unknown): void;
}

/** The shared part of an instrument. */
export class Declaration {
  /** The name with its prefix, namespace, subsystem and unit; with its suffix if it was given. */
  readonly name: string;
  /** The family that is exposed. */
  readonly family: StoredFamily;
  /** What was declared of the labels. */
  readonly rules: LabelRules;
  /** What the type knows how to do. */
  readonly kind: Kind<unknown>;
  /** The clock of the registry. */
  readonly clock: Clock;
  /** The exemplars; none of types that have none, and where nobody would show them. */
  readonly exemplars: ExemplarKeeper | undefined;
  /** The quantiles to show; none where nobody would show them. */
  readonly quantiles: QuantileSettings | undefined;
  /** Shows the quantiles' observations to other processes, where there are any. */
  readonly quantileSharing: QuantileSharing | undefined;
  /** How native buckets are counted; none where there are to be none. */
  readonly native: NativeOptions | undefined;
  readonly #typeOptions: TypeOptions;
  readonly #root: InstrumentRegistry['root'] | undefined;
  /** Where its numbers lie. */
  readonly storage: Storage;
  readonly #series: SeriesStorage;
  readonly #stamp: (() => number) | undefined;
  #withdrawn = false;
  /** What children take their values from, instead of being told. */
  readonly callbacks: ValueCallbacks;

  /**
   * @throws {TypeError} When an option is unknown, missing or of the wrong type.
   * @throws {RangeError} When an option's value is not allowed.
   * @throws {AlreadyRegisteredError} When the registry has a metric that uses the name.
   */
  constructor(
    kind: Kind<unknown>,
    options: DeclarationOptions,
    registry: InstrumentRegistry | null,
  ) {
    if (typeof options !== 'object' || options === null) {
      throw new TypeError(
        `${kind.word}: declared without options, expected { name, help, … }, got ${show(options)}`,
      );
    }
    this.name = options.name;
    this.kind = kind;
    refuseUnknown(this.subject, options, [...COMMON_OPTIONS, ...kind.options]);
    const names = fullName(this.subject, kind, options, registry?.prefix ?? '');
    this.name = names.name;
    const header = { name: names.family, type: kind.type, unit: names.unit };
    const { family, rules, typeOptions } = describe(this.subject, kind, options, header, registry);
    this.family = family;
    this.rules = rules;
    this.#typeOptions = typeOptions;
    this.#root = registry?.root;
    this.clock = registry?.clock ?? SYSTEM_CLOCK;
    if (registry !== null) refuseTaken(this, registry.root);
    const storage: Storage = registry?.storage ?? new MemoryStorage();
    this.storage = storage;
    this.#series = storage.declare(this.family);
    const { exemplarPlace, quantilePlace } = this.#series;
    this.native = typeOptions.native;
    this.kind = kind.instead?.(this) ?? kind;
    const isAlone = storage.collect === undefined;
    const assign = (child: unknown, value: unknown) => this.kind.assign?.(child, value);
    this.callbacks = new ValueCallbacks(this.subject, assign, !isAlone);
    this.exemplars = isAlone || exemplarPlace !== undefined ? this.#toKeeper() : undefined;
    this.quantiles = isAlone || quantilePlace !== undefined ? typeOptions.quantiles : undefined;
    if (this.quantiles !== undefined && quantilePlace !== undefined) {
      const placeOf = (place: Cells) => this.#series.quantilePlace?.(place);
      this.quantileSharing = new QuantileSharing(this.quantiles, placeOf);
    }
    this.#sample(typeOptions.exemplars ?? registry?.root.exemplars);
    this.#stamp = isStamped(this.family)
      ? () => storage.now?.() ?? this.clock.elapsed()
      : undefined;
  }

  /** The instrument as errors name it. */
  get subject(): string {
    return `${this.kind.word} ${typeof this.name === 'string' ? `"${this.name}"` : show(this.name)}`;
  }

  /** How many children there may be. Asked anew for each, since the registry's can be changed. */
  get maxChildren(): number {
    return this.rules.maxChildren ?? this.#root?.maxChildren ?? Infinity;
  }

  /** Counts that there was no room for a child. */
  countOverflow(): void {
    this.#root?.countOverflow(this.name);
  }

  /** Samples exemplars as the registry does from now on, unless the metric has its own way. */
  followExemplars(sampling: ExemplarSampling | undefined): void {
    if (this.#typeOptions.exemplars === undefined) this.#sample(sampling);
  }

  /** Tells when a cell was written last, where the mode needs that. */
  get stamp(): (() => number) | undefined {
    return this.#stamp;
  }

  /** Cells for the series with these label values. */
  allocate(labelValues: readonly string[], pairs?: Pairs): Cells {
    if (!this.#withdrawn) return this.#series.allocate(labelValues, pairs);
    return { cells: new Float64Array(cellCount(this.family)), index: 0 };
  }

  /** Takes what ended processes counted: of the series with these label values, or of all. */
  forget(labelValues?: readonly string[]): void {
    if (!this.#withdrawn) this.#series.forget?.(labelValues);
  }

  /** Gives cells back to the storage. */
  release(place: Cells): void {
    if (!this.#withdrawn) this.#series.release(place);
  }

  /**
   * Takes the metric out of its storage, once: `letGo` gives back what it has there. It counts on
   * unseen, and stays out when it is registered anew.
   */
  withdraw(letGo: () => void): void {
    if (this.#withdrawn) return;
    letGo();
    this.forget();
    this.#withdrawn = true;
    this.#series.withdraw?.();
  }

  /** Takes a child out of the storage: it counts on unseen, from the same numbers, which are its own then. */
  detach(child: unknown): void {
    const { kind } = this;
    if (kind.attach === undefined) {
      kind.detach?.(child);
      return;
    }
    const place = kind.place(child)!;
    const { cells, index, native } = place;
    const own = cells.slice(index, index + cellCount(this.family));
    kind.attach(child, { cells: own, index: 0, native: native?.copy() });
    this.release(place);
  }

  /** Gives bytes back to the storage, and returns a copy of them, which is the caller's own. */
  takeBytes(place: Bytes, count: number): DataView {
    const { view, offset } = place;
    const start = view.byteOffset + offset;
    const own = new DataView(view.buffer.slice(start, start + count));
    this.storage.bytes!.release(place, count);
    return own;
  }

  /**
   * Shares what is shared now and then, and sets every child that has a callback to what it returns.
   * A promise if any callback gave one.
   */
  refresh(): void | Promise<void> {
    this.quantileSharing?.share();
    return this.callbacks.refresh();
  }

  #toKeeper(): ExemplarKeeper | undefined {
    if (this.kind.sample === undefined) return undefined;
    const onDropped: OnExemplarDropped = (reason, cause) => {
      this.#root?.countDroppedExemplar(this.name, reason, cause);
    };
    const placeOf: PlaceOfExemplar = (child, bucket) => {
      const place = this.kind.place(child);
      return place && this.#series.exemplarPlace?.(place, bucket);
    };
    const isShared = this.#series.exemplarPlace !== undefined;
    const makeList = this.native && ((child: object) => this.#toList(child));
    return new ExemplarKeeper(this.clock, onDropped, isShared ? placeOf : undefined, makeList);
  }

  #toList(child: object): NativeExemplars | undefined {
    const isShared = this.#series.nativeExemplarPlace !== undefined;
    const placeOf: PlaceOfNativeExemplar = (number) => {
      const place = this.kind.place(child);
      return place && this.#series.nativeExemplarPlace?.(place, number);
    };
    return this.kind.exemplarList?.(isShared ? placeOf : undefined);
  }

  #sample(sampling: ExemplarSampling | false | undefined): void {
    this.exemplars?.follow(sampling || undefined);
    if (this.exemplars !== undefined && sampling) this.kind.sample?.();
  }

  /** The instrument's family, whose metrics `begin` walks through. */
  toFamily(labelNames: readonly string[], begin: (writer: FamilyWriter) => Walk): MetricFamily {
    return new InstrumentFamily(this.family, labelNames, begin);
  }
}
