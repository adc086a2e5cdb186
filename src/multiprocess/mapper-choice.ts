/** Which way to map files this runtime offers, found out when the first file is needed. */

import { MetricsError } from '../model/error.ts';
import { bunMapper } from './map-bun.ts';
import { denoMapper } from './map-deno.ts';
import { koffiMapper } from './map-koffi.ts';
import { nodeFfiMapper } from './map-node-ffi.ts';
import type { Mapper, MapperName } from './mapper.ts';
import { reason } from './segment-file.ts';

/**
 * How a process reaches its file. `auto` takes the first that is there: the runtime's own on Bun and
 * Deno, else koffi, else `node:ffi` (Node 26 and later, where it is experimental and says so in a
 * warning), else `write-behind`, which needs nothing and maps nothing.
 */
export type MapperChoice = 'auto' | MapperName | 'write-behind';

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
 * Loads a mapper; `undefined` where files are to be written behind.
 *
 * @throws {MetricsError} `MAPPING_FAILED` when the one that is asked for is not there.
 */
export function loadMapper(choice: MapperChoice): Mapper | undefined {
  if (choice === 'write-behind') return undefined;
  if (choice !== 'auto') return load(choice);
  for (const name of candidates()) {
    try {
      return LOADERS[name]();
    } catch {
      // Not installed, not allowed or not of this version: the next one may be.
    }
  }
  return undefined;
}

function load(name: MapperName): Mapper {
  try {
    return LOADERS[name]();
  } catch (cause) {
    throw new MetricsError(
      'MAPPING_FAILED',
      `mapper "${name}": cannot be loaded, expected it to be installed and allowed, got ${reason(cause)}`,
      { cause },
    );
  }
}

function candidates(): MapperName[] {
  if ('Bun' in globalThis) return ['bun'];
  if ('Deno' in globalThis) return ['deno'];
  return ['koffi', 'node-ffi'];
}
