import { deepEqual, equal } from 'node:assert/strict';
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { count, open } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import type { Contribution } from '../../aggregate/contribution.ts';
import { Merger } from '../../aggregate/merger.ts';
import { Folding } from '../folding/folding.ts';
import { koffiMapper } from '../mapping/map-koffi.ts';
import type { Mapper } from '../mapping/mapper.ts';
import { openMultiprocessStorage } from '../multiprocess-storage.ts';
import { hostClock } from '../system/host-clock.ts';
import { Pace } from '../system/pace.ts';
import { currentIdentity } from '../system/process-identity.ts';
import { DirectoryReader } from './directory-reader.ts';

/** Calls back at the n-th chance that a reading gives to others. */
class MeddlingPace extends Pace {
  chances = 0;
  readonly #at: number;
  readonly #meddle: () => Promise<unknown>;

  constructor(at: number, meddle: () => Promise<unknown>) {
    super();
    this.#at = at;
    this.#meddle = meddle;
  }

  override async run<Result>(steps: Generator<undefined, Result>): Promise<Result> {
    await this.#chance();
    return super.run(steps);
  }

  override async breathe(): Promise<void> {
    await this.#chance();
  }

  async #chance(): Promise<void> {
    if (this.chances++ === this.#at) await this.#meddle();
  }
}

function about(directory: string) {
  return { directory, mapper: koffiMapper(), self: currentIdentity(), clock: hostClock() };
}

function leave(directory: string, amount: number): void {
  const storage = openMultiprocessStorage({ directory, mapper: 'koffi' });
  count(storage, '/', amount);
  storage.close();
}

async function fold(directory: string): Promise<void> {
  const reader = new DirectoryReader(about(directory));
  await reader.read(ALL, new Pace());
  await new Folding({ ...about(directory), reader, fileMode: 0o600 }).run(new Pace());
}

/** Collects all garbage; what was looked at in this turn of the event loop is none yet. */
async function collectGarbage(): Promise<void> {
  await setImmediate();
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

const ALL = { own: undefined, missing: false };

function total(contributions: readonly Contribution[]): number {
  let sum = 0;
  for (const { families, values } of contributions) {
    for (const { series } of families) for (const { index } of series) sum += values[index]!;
  }
  return sum;
}

describe('DirectoryReader', () => {
  for (const hasArchive of [false, true]) {
    it(`counts each process once, whenever others fold (${hasArchive ? 'an' : 'no'} archive before)`, async (context) => {
      let chances = Infinity;
      for (let at = 0; at < chances; at++) {
        const directory = temporaryFolder(context);
        leave(directory, 1);
        if (hasArchive) await fold(directory);
        leave(directory, 20);
        leave(directory, 300);
        const pace = new MeddlingPace(at, () => fold(directory));
        const { contributions, failures } = await new DirectoryReader(about(directory)).read(
          ALL,
          pace,
        );
        equal(total(contributions), 321, `folded at chance ${at}`);
        deepEqual(failures, []);
        chances = Math.min(chances, pace.chances);
      }
      equal(chances >= 4, true);
    });
  }

  it('takes nobody for dead whose file is put back while it is read', async (context) => {
    const directory = temporaryFolder(context);
    const storage = open(context, { directory, mapper: 'koffi' });
    count(storage, '/', 7);
    const koffi = koffiMapper();
    let isPutBack = false;
    const mapper: Mapper = {
      ...koffi,
      lock: (fd) => koffi.lock(fd),
      isUnlocked(fd) {
        if (!isPutBack) {
          for (const name of readdirSync(directory)) rmSync(join(directory, name));
          // Its own scrape does it before anything else.
          void storage.collect();
          isPutBack = true;
        }
        return koffi.isUnlocked(fd);
      },
    };
    const reader = new DirectoryReader({ ...about(directory), mapper });
    const { contributions, isFoldable } = await reader.read(ALL, new Pace());
    equal(isPutBack, true);
    deepEqual(
      contributions.map(({ alive }) => alive),
      [true],
    );
    equal(isFoldable, false);
  });

  it('does not wait for a file that is listed and never there', async (context) => {
    const directory = temporaryFolder(context);
    leave(directory, 1);
    symlinkSync(join(directory, 'nowhere'), join(directory, `${'0'.repeat(32)}.promethium`));
    const reader = new DirectoryReader(about(directory));
    const { contributions } = await reader.read(ALL, new Pace());
    equal(total(contributions), 1);
  });

  it('keeps nothing of the dead once they are folded, and of one archive once another has its place', async (context) => {
    const directory = temporaryFolder(context);
    const reader = new DirectoryReader(about(directory));
    const folding = new Folding({ ...about(directory), reader, fileMode: 0o600 });
    const merger = new Merger();
    const seen: WeakRef<object>[] = [];
    const scrape = async (): Promise<number> => {
      const { contributions } = await reader.read(ALL, new Pace());
      merger.merge(contributions);
      for (const one of contributions) seen.push(new WeakRef(one), new WeakRef(one.values));
      return total(contributions);
    };
    for (let round = 1; round <= 5; round++) {
      for (let left = 0; left < 4; left++) leave(directory, 1);
      equal(await scrape(), 4 * round);
      equal(await folding.run(new Pace()), 4);
    }
    const before = seen.length;
    equal(await scrape(), 20);
    await collectGarbage();
    deepEqual(
      seen.slice(0, before).filter((one) => one.deref() !== undefined),
      [],
    );
    equal(seen[before]!.deref() === undefined, false);
  });
});
