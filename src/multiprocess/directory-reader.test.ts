import { deepEqual, equal } from 'node:assert/strict';
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { count, open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import type { Contribution } from '../aggregate/contribution.ts';
import { DirectoryReader } from './directory-reader.ts';
import { Folding } from './folding.ts';
import { hostClock } from './host-clock.ts';
import { koffiMapper } from './map-koffi.ts';
import type { Mapper } from './mapper.ts';
import { openMultiprocessStorage } from './multiprocess-storage.ts';
import { Pace } from './pace.ts';
import { currentIdentity } from './process-identity.ts';

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
});
