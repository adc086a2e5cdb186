/**
 * Mapping through `koffi`, an optional peer dependency: the stable way on every version of Node.
 * Loading it costs 6 ms and 3.6 MiB, so that it happens with the first metric and not at import.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MetricsError } from '../../model/error.ts';
import { reason } from '../system/system-error.ts';
import { createMapper, type Mapper } from './mapper.ts';

/** The part of koffi that is used here. */
interface Koffi {
  readonly version: string;
  load(path: null): { func(declaration: string): (...args: unknown[]) => unknown };
  address(pointer: unknown): bigint;
  readonly view: (address: bigint, length: number) => ArrayBuffer;
}

/** The oldest version whose `view()` takes an address; as a peer it may be ignored by installers. */
const OLDEST = [3, 3] as const;

/** As this package sees it, else as the application does: a peer may be visible to it alone. */
function roots(): string[] {
  // A bundler that makes CommonJS of this leaves `import.meta` empty.
  const url: string | undefined = import.meta.url;
  const own = url ?? (typeof __filename === 'string' ? __filename : undefined);
  const all = [own, join(process.cwd(), 'package.json'), process.argv[1]];
  return all.filter((file) => file !== undefined);
}

/**
 * Returns the mapper on koffi, as seen `from` the first of these files that has one that works.
 *
 * @throws The error of the module loader, where koffi is not installed.
 * @throws {MetricsError} `MAPPING_FAILED` where it is installed and does not work, or is too old.
 */
export function koffiMapper(from: readonly string[] = roots()): Mapper {
  let missing: unknown;
  let broken: MetricsError | undefined;
  for (const file of from) {
    const load = createRequire(file);
    try {
      load.resolve('koffi');
    } catch (error) {
      missing ??= error;
      continue;
    }
    try {
      return mapperOn(load('koffi') as Koffi);
    } catch (cause) {
      broken ??= refusal(load, cause);
    }
  }
  throw broken ?? missing;
}

function mapperOn(koffi: Koffi): Mapper {
  const [major = 0, minor = 0] = koffi.version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new RangeError('too old');
  }
  const process = koffi.load(null);
  const mmap = process.func(
    'void *mmap(void *addr, size_t length, int prot, int flags, int fd, int64_t offset)',
  );
  const flock = process.func('int flock(int fd, int operation)');
  return createMapper({
    name: 'koffi',
    version: koffi.version,
    mmap: (address, length, protection, flags, fd, offset) =>
      koffi.address(mmap(address === 0n ? null : address, length, protection, flags, fd, offset)),
    flock: flock as (fd: number, operation: number) => number,
    view: koffi.view,
  });
}

function refusal(load: NodeJS.Require, cause: unknown): MetricsError {
  if (cause instanceof MetricsError) return cause;
  const [line] = reason(cause).split('\n');
  const message = `mapper "koffi": cannot be used, expected koffi ${OLDEST.join('.')} or newer, got ${installedVersion(load)}: ${line}`;
  return new MetricsError('MAPPING_FAILED', message, { cause });
}

/** Read from its own description, since it may be too broken to say so itself. */
function installedVersion(load: NodeJS.Require): string {
  try {
    const path = join(dirname(load.resolve('koffi')), 'package.json');
    return String((JSON.parse(readFileSync(path, 'utf8')) as { version?: unknown }).version);
  } catch {
    return 'one of unknown version';
  }
}
