/** The exemplars of one instrument: given with an observation, or sampled from a provider. */

import { type Exemplar, type ExemplarFault, toExemplarLabels } from '../../model/exemplar.ts';
import type { ExemplarPlace } from '../../storage/storage.ts';
import type { Clock } from '../timing/clock.ts';
import type { ExemplarSampling } from './exemplar-options.ts';
import type { NativeExemplars, TimedExemplar } from './native-exemplars.ts';

/** Why an exemplar was dropped: its labels, or a provider that threw. */
export type ExemplarDropReason = ExemplarFault | 'provider';

/** Told of every exemplar that was dropped; `cause` is what a provider threw. */
export type OnExemplarDropped = (reason: ExemplarDropReason, cause?: unknown) => void;

/** What a child has once it has an exemplar. All times are seconds of the clock's `elapsed`. */
interface Kept {
  /** One for each bucket that has one; a counter's is the first. */
  readonly exemplars: (Exemplar | undefined)[];
  /** Until when each gives way to none but one that is given. */
  readonly keptUntil: number[];
  /** Until when each is shown. */
  readonly shownUntil: number[];
  /** Where each lies for other processes to show, where there are any. */
  readonly places: (ExemplarPlace | undefined)[];
  /** When the next one may be sampled, for any bucket. */
  nextAt: number;
  /** Those of the native buckets, where there are any. */
  readonly list: NativeExemplars | undefined;
  /** The earliest end in {@linkcode shownUntil}, before which nothing has to be looked through. */
  firstEnd: number;
}

/** Where a child's exemplar goes for other processes to show; nowhere if the storage has no room. */
export type PlaceOfExemplar = (child: object, place: number) => ExemplarPlace | undefined;

function nothingKept(list: NativeExemplars | undefined): Kept {
  return {
    exemplars: [],
    keptUntil: [],
    shownUntil: [],
    places: [],
    nextAt: 0,
    list,
    firstEnd: Infinity,
  };
}

/** True where a sampled exemplar has a place: in the bucket, or in a list that is not full. */
function takesMore({ keptUntil, list }: Kept, place: number, now: number): boolean {
  return now >= (keptUntil[place] ?? 0) || (list !== undefined && !list.isFull);
}

/** True while a provider is at work, of whatever instrument. */
let isAsking = false;

/**
 * Keeps the exemplars of an instrument's children, apart from them: a child that has none takes up
 * nothing for it. What is dropped here costs the exemplar alone; the observation was counted before.
 */
export class ExemplarKeeper {
  readonly #clock: Clock;
  readonly #onDropped: OnExemplarDropped;
  /** Weak, so that a child that was removed takes its exemplars with it. */
  #kept: WeakMap<object, Kept> | undefined;
  readonly #placeOf: PlaceOfExemplar | undefined;
  readonly #makeList: ((child: object) => NativeExemplars | undefined) | undefined;
  #sampling: ExemplarSampling | undefined;

  /** @param makeList - Makes the list of native buckets, to which exemplars go as well. */
  constructor(
    clock: Clock,
    onDropped: OnExemplarDropped,
    placeOf?: PlaceOfExemplar,
    makeList?: (child: object) => NativeExemplars | undefined,
  ) {
    this.#clock = clock;
    this.#onDropped = onDropped;
    this.#placeOf = placeOf;
    this.#makeList = makeList;
  }

  /** Samples from now on, in this way; not at all with `undefined`. */
  follow(sampling: ExemplarSampling | undefined): void {
    this.#sampling = sampling;
  }

  /** Keeps an exemplar that was given. It always displaces the one before. */
  keep(child: object, place: number, value: number, given: unknown): void {
    const labels = toExemplarLabels(given);
    if (typeof labels === 'string') {
      this.#onDropped(labels);
      return;
    }
    // An exemplar without labels leads nowhere; Python's client ignores it as well.
    if (Object.keys(labels).length === 0) return;
    const timestamp = this.#clock.now();
    const kept = this.#keptOf(child);
    const exemplar = { labels, value, timestamp };
    kept.exemplars[place] = exemplar;
    kept.keptUntil[place] = this.#clock.elapsed() + (this.#sampling?.maxAgeSeconds ?? 0);
    kept.shownUntil[place] = Infinity;
    kept.list?.add(exemplar);
    if (this.#placeOf !== undefined) this.#share(kept, child, place, exemplar, Infinity);
  }

  /**
   * Asks the provider for an exemplar, where the one that is there may be replaced.
   *
   * Node 24, where nothing is to be asked: `inc` takes 48 ns with it and 3 without, nearly all of it
   * the clock; an exemplar that is given takes 290.
   */
  sample(child: object, place: number, value: number): void {
    const sampling = this.#sampling;
    if (sampling === undefined) return;
    const now = this.#clock.elapsed();
    const kept = this.#kept?.get(child);
    if (kept !== undefined && (now < kept.nextAt || !takesMore(kept, place, now))) return;
    // A provider may count something itself: that count is not asked about.
    if (isAsking) return;
    const given = this.#ask(sampling);
    if (given === undefined) return;
    const labels = toExemplarLabels(given);
    if (typeof labels === 'string') this.#onDropped(labels);
    else if (Object.keys(labels).length > 0) {
      this.#put(child, place, { labels, value, timestamp: this.#clock.now() }, now);
    }
  }

  #ask({ provider }: ExemplarSampling): unknown {
    isAsking = true;
    try {
      const given: unknown = provider();
      // A promise is no labels. Nobody else would hear that it was rejected.
      if (given instanceof Promise) given.catch(() => {});
      return given;
    } catch (cause) {
      this.#onDropped('provider', cause);
      return undefined;
    } finally {
      isAsking = false;
    }
  }

  /** True once there was an exemplar of any child, without which no child is looked up. */
  get hasAny(): boolean {
    return this.#kept !== undefined;
  }

  /** The exemplars to show of a child, at their places; `undefined` where there are none. */
  of(child: object): readonly (Exemplar | undefined)[] | undefined {
    const kept = this.#kept?.get(child);
    if (kept === undefined) return undefined;
    if (kept.firstEnd < Infinity) this.#dropOld(kept, this.#clock.elapsed());
    return kept.exemplars;
  }

  /** The exemplars to show with a child's native buckets; `undefined` where there are none. */
  listOf(child: object): readonly Exemplar[] | undefined {
    return this.#kept?.get(child)?.list?.list;
  }

  /** Forgets the exemplars of a child that begins anew. */
  forget(child: object): void {
    const kept = this.#kept?.get(child);
    if (kept === undefined) return;
    for (const place of kept.places) place?.clear();
    kept.list?.clear();
    // The places are kept, since the child would be given others beside them.
    if (this.#placeOf === undefined) this.#kept?.delete(child);
    else this.#kept?.set(child, { ...nothingKept(kept.list), places: kept.places });
  }

  #put(child: object, place: number, exemplar: TimedExemplar, now: number): void {
    const { minAgeSeconds, maxAgeSeconds, intervalSeconds } = this.#sampling!;
    const kept = this.#keptOf(child);
    kept.nextAt = now + intervalSeconds;
    kept.list?.add(exemplar);
    if (now < (kept.keptUntil[place] ?? 0)) return;
    kept.exemplars[place] = exemplar;
    kept.keptUntil[place] = now + minAgeSeconds;
    kept.shownUntil[place] = now + maxAgeSeconds;
    kept.firstEnd = Math.min(kept.firstEnd, now + maxAgeSeconds);
    if (this.#placeOf !== undefined) this.#share(kept, child, place, exemplar, maxAgeSeconds);
  }

  /** Puts an exemplar where other processes find it. */
  #share(kept: Kept, child: object, place: number, exemplar: Exemplar, seconds: number): void {
    if (kept.places[place]?.keep(exemplar, seconds)) return;
    // None yet, or it went with the series: the child may have got another one since.
    const shared = this.#placeOf?.(child, place);
    kept.places[place] = shared;
    shared?.keep(exemplar, seconds);
  }

  #dropOld(kept: Kept, now: number): void {
    if (now < kept.firstEnd) return;
    kept.firstEnd = Infinity;
    kept.shownUntil.forEach((end, place) => {
      if (end > now) kept.firstEnd = Math.min(kept.firstEnd, end);
      else kept.exemplars[place] = undefined;
    });
  }

  #keptOf(child: object): Kept {
    this.#kept ??= new WeakMap();
    let kept = this.#kept.get(child);
    if (kept === undefined) {
      kept = nothingKept(this.#makeList?.(child));
      this.#kept.set(child, kept);
    }
    return kept;
  }
}
