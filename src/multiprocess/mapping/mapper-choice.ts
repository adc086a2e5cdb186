/** Which way to map files this runtime offers, found out when the first file is needed. */

import { MetricsError } from '../../model/error.ts';
import { isOutOfDescriptors } from '../system/open-file.ts';
import { reason } from '../system/system-error.ts';
import { bunMapper } from './map-bun.ts';
import { denoMapper } from './map-deno.ts';
import { koffiMapper } from './map-koffi.ts';
import { nodeFfiMapper } from './map-node-ffi.ts';
import type { Mapper, MapperName } from './mapper.ts';

/**
 * How a process reaches its file. `auto` takes the first that is there and works: the runtime's own on
 * Bun and Deno, else koffi, else `node:ffi` (Node 26 and later, where it is experimental and says so in a
 * warning), else `write-behind`, which needs nothing and maps nothing.
 */
export type MapperChoice = 'auto' | MapperName | 'write-behind';

/** What loads each mapper. */
export type MapperLoaders = Readonly<Partial<Record<MapperName, () => Mapper>>>;

const LOADERS: Readonly<Record<MapperName, () => Mapper>> = {
  koffi: koffiMapper,
  'node-ffi': nodeFfiMapper,
  bun: bunMapper,
  deno: denoMapper,
};

/** All choices there are. */
export const MAPPER_CHOICES: readonly MapperChoice[] = [
  'auto',
  ...(Object.keys(LOADERS) as MapperName[]),
  'write-behind',
];

/**
 * Goes through the mappers that a choice allows, from the best one on, until one works.
 *
 * One that is not there is passed over without a word; one that is there and does not work is kept
 * among the {@linkcode MapperSelection.refused}, for the person who installed it.
 */
export class MapperSelection {
  /** The choice. */
  readonly choice: MapperChoice;
  readonly #loaders: MapperLoaders;
  readonly #left: MapperName[];
  readonly #refused: MetricsError[] = [];
  #mapper: Mapper | undefined;

  /** Loads nothing yet. `loaders` are those of this runtime unless given. */
  constructor(choice: MapperChoice, loaders: MapperLoaders = LOADERS) {
    this.choice = choice;
    this.#loaders = loaders;
    this.#left =
      choice === 'write-behind' ? [] : choice === 'auto' ? candidates(loaders) : [choice];
  }

  /**
   * The best one that is not refused, loaded on the first need; `undefined` where none is left, and
   * for as long as this process may open no file.
   */
  get mapper(): Mapper | undefined {
    while (this.#mapper === undefined) {
      const [name] = this.#left;
      if (name === undefined) return undefined;
      try {
        this.#mapper = this.#loaders[name]!();
      } catch (error) {
        // Where no file can be opened nothing can be loaded, and it is tried again another time.
        if (isOutOfDescriptors()) return undefined;
        this.#left.shift();
        const isMissing = !(error instanceof MetricsError);
        if (!isMissing || this.choice !== 'auto') this.#refused.push(refusal(name, error));
      }
    }
    return this.#mapper;
  }

  /** What is there and does not work, and why. */
  get refused(): readonly MetricsError[] {
    return this.#refused;
  }

  /** Gives up the mapper in use, which failed. The next one takes its place. */
  refuse(error: MetricsError): void {
    this.#refused.push(error);
    this.#left.shift();
    this.#mapper = undefined;
  }
}

function refusal(name: MapperName, cause: unknown): MetricsError {
  if (cause instanceof MetricsError) return cause;
  return new MetricsError(
    'MAPPING_FAILED',
    `mapper "${name}": cannot be loaded, expected it to be installed and allowed, got ${reason(cause)}`,
    { cause },
  );
}

function candidates(loaders: MapperLoaders): MapperName[] {
  const names: readonly MapperName[] =
    'Bun' in globalThis ? ['bun'] : 'Deno' in globalThis ? ['deno'] : ['koffi', 'node-ffi'];
  return names.filter((name) => loaders[name] !== undefined);
}
