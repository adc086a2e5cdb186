/** A summary's observations of the last minutes, put where other processes make quantiles of them. */

import type { Cells, QuantilePlace } from '../../storage/storage.ts';
import type { QuantileSettings, QuantileWindow } from './quantile-window.ts';

/** Where the window of the series with these cells goes; nowhere if the storage has no room. */
type PlaceOfQuantiles = (series: Cells) => QuantilePlace | undefined;

/**
 * Shares the windows of a summary's children now and then, at scrapes and every few seconds: each is
 * some hundred bytes, too many to write at each observation. Node 24: about 5 µs a window.
 */
export class QuantileSharing {
  readonly #settings: QuantileSettings;
  readonly #placeOf: PlaceOfQuantiles;
  /** Those that changed since the last time. */
  readonly #changed = new Set<SharedWindow>();

  constructor(settings: QuantileSettings, placeOf: PlaceOfQuantiles) {
    this.#settings = settings;
    this.#placeOf = placeOf;
  }

  /** Takes part in it with the window of one child, whose cells are at `place()`. */
  join(window: QuantileWindow, place: () => Cells): SharedWindow {
    return new SharedWindow(window, place, this.#changed);
  }

  /** Shares all windows that changed. Never throws. */
  share(): void {
    for (const window of this.#changed) window.share(this.#settings.quantiles, this.#placeOf);
    this.#changed.clear();
  }
}

/** The window of one child, on its way to others. */
export class SharedWindow {
  readonly #window: QuantileWindow;
  readonly #cells: () => Cells;
  readonly #changed: Set<SharedWindow>;
  #hasChanged = false;
  #place: QuantilePlace | undefined;

  constructor(window: QuantileWindow, cells: () => Cells, changed: Set<SharedWindow>) {
    this.#window = window;
    this.#cells = cells;
    this.#changed = changed;
  }

  /** Says that the window changed, to be shared the next time. */
  note(): void {
    if (this.#hasChanged) return;
    this.#hasChanged = true;
    this.#changed.add(this);
  }

  /** Puts the window where others read it. */
  share(quantiles: readonly number[], placeOf: PlaceOfQuantiles): void {
    this.#hasChanged = false;
    const ages = this.#window.ages();
    if (this.#place?.keep(quantiles, ages)) return;
    // None yet, or it went with the series: the child may have got another one since.
    this.#place = placeOf(this.#cells());
    this.#place?.keep(quantiles, ages);
  }
}
