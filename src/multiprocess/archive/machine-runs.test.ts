import { deepEqual, equal } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { CONNECTIONS, REQUESTS } from '../../../test/processes/counting-process.ts';
import { lines } from '../../../test/processes/storage.ts';
import { type Ending, temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { Merger } from '../../aggregate/merger.ts';
import type { StoredFamily } from '../../model/cells.ts';
import { Folding } from '../folding/folding.ts';
import { koffiMapper } from '../mapping/map-koffi.ts';
import { MapperSelection } from '../mapping/mapper-choice.ts';
import { DirectoryReader } from '../reading/directory-reader.ts';
import { Pace } from '../system/pace.ts';
import { currentIdentity } from '../system/process-identity.ts';
import { Warnings } from '../system/warnings.ts';
import { OwnRemovals } from '../writing/own-removals.ts';
import { OwnSeries } from '../writing/own-series.ts';
import { MachineRuns } from './machine-runs.ts';

const RECENT: StoredFamily = { ...CONNECTIONS, name: 'recent', mode: 'mostrecent' };
const EACH: StoredFamily = { ...CONNECTIONS, name: 'each', mode: 'all' };
const DAY = 86_400;

/** One run of the machine, from a start to the next: what was done in it is done in a folder on a disk. */
class Run {
  readonly directory: string;
  readonly #context: Ending;
  readonly #about;
  readonly #mappers = new MapperSelection('koffi');
  readonly #reader: DirectoryReader;
  #now = 0;

  constructor(context: Ending, directory: string, digit: string) {
    this.#context = context;
    this.directory = directory;
    const self = { ...currentIdentity(), bootId: digit.repeat(32) };
    this.#about = {
      directory,
      self,
      identity: self,
      mapper: koffiMapper(),
      clock: () => this.#now,
    };
    this.#reader = new DirectoryReader(this.#about);
  }

  /** A process that begins at a time of the run's clock, in seconds. */
  process(at: number): OwnSeries {
    this.#now = at;
    const series = new OwnSeries({
      ...this.#about,
      mappers: this.#mappers,
      readOnly: false,
      fileMode: 0o600,
      flushIntervalMs: 50,
      warnings: new Warnings(),
    });
    this.#context.after(() => series.close());
    return series;
  }

  /** A process that sets the gauge where the last value counts, and ends. */
  set(value: number, at: number): void {
    const series = this.process(at);
    const { cells, index } = series.declare(RECENT).allocate([]);
    cells[index] = value;
    cells[index + 1] = at;
    series.close();
  }

  /** What a scrape shows. */
  async shown(at: number): Promise<string[]> {
    this.#now = at;
    const reading = await this.#reader.read({ own: undefined, missing: false }, new Pace());
    deepEqual(reading.failures, []);
    return lines(new Merger().merge(reading.contributions).families);
  }

  /** A scrape, and what comes after it. */
  async fold(at: number, { alive = 0 } = {}): Promise<string[]> {
    const shown = await this.shown(at);
    await new Folding({ ...this.#about, reader: this.#reader, fileMode: 0o600 }).run(new Pace());
    equal(readdirSync(this.directory).length, 2 + alive);
    return shown;
  }

  /** A process that removes something, and runs on. */
  remove(family: StoredFamily, labelValues: readonly string[], at: number): OwnSeries {
    const series = this.process(at);
    series.declare(EACH).allocate([]);
    new OwnRemovals({
      allocate: (block) => series.inFile((writer) => writer.allocateBlock(block)),
      clock: () => at,
    }).note(family, labelValues);
    return series;
  }
}

/** Several runs of one machine, and the wall clock's time of each one's start. */
function runs(context: Ending, digits: string): Run[] {
  const directory = temporaryFolder(context);
  return [...digits].map((digit) => new Run(context, directory, digit));
}

describe('A directory that outlives a restart of the machine', () => {
  it('shows what was set since, not what was set at a later hour of the run before', async (context) => {
    const [before, now] = runs(context, '12') as [Run, Run];
    before.set(1, 3 * DAY);
    before.set(2, 4 * DAY);
    deepEqual(await now.shown(10), ['recent{} 2']);
    now.set(3, 20);
    deepEqual(await now.shown(21), ['recent{} 3']);
    deepEqual(await now.fold(22), ['recent{} 3']);
    deepEqual(await now.shown(23), ['recent{} 3']);
    deepEqual(await now.shown(9 * DAY), ['recent{} 3']);
  });

  it('does the same with what the run before has archived', async (context) => {
    const [first, second, third, last] = runs(context, '1234') as [Run, Run, Run, Run];
    first.set(1, 9 * DAY);
    await first.fold(9 * DAY);
    deepEqual(await second.shown(10), ['recent{} 1']);
    second.set(2, 5 * DAY);
    deepEqual(await second.fold(5 * DAY), ['recent{} 2']);
    deepEqual(await third.fold(10), ['recent{} 2']);
    third.set(3, 20);
    deepEqual(await third.shown(21), ['recent{} 3']);
    deepEqual(await third.fold(21), ['recent{} 3']);
    deepEqual(await last.shown(5), ['recent{} 3']);
    last.set(4, 6);
    deepEqual(await last.fold(7), ['recent{} 4']);
    deepEqual(await last.shown(8), ['recent{} 4']);
  });

  it('tells by the wall clock which of two runs was before the other, where neither was folded', async (context) => {
    context.mock.timers.enable({ apis: ['Date'], now: 1e12 });
    const [first, second, third] = runs(context, '931') as [Run, Run, Run];
    first.set(1, 9 * DAY);
    context.mock.timers.setTime(2e12);
    second.set(2, 1 * DAY);
    context.mock.timers.setTime(3e12);
    deepEqual(await third.shown(10), ['recent{} 2']);
    third.set(3, 11);
    deepEqual(await third.fold(12), ['recent{} 3']);
  });

  it('removes what processes of an earlier run have counted, and keeps what was counted anew', async (context) => {
    const [before, now] = runs(context, '12') as [Run, Run];
    const count = (run: Run, at: number): void => {
      const series = run.process(at);
      const requests = series.declare(REQUESTS);
      for (const path of ['/a', '/b']) {
        const { cells, index } = requests.allocate([path]);
        cells[index]! += 1;
      }
      series.close();
    };
    count(before, 3 * DAY);
    before.remove(REQUESTS, ['/b'], 3 * DAY + 10).close();
    const [a, b] = ['requests_total{"path":"/a"} 1', 'requests_total{"path":"/b"} 1'] as const;
    const requests = async (lines: Promise<string[]>): Promise<string[]> =>
      (await lines).filter((line) => line.startsWith('requests'));
    // Counted after that removal, and archived when it was known.
    deepEqual(await requests(before.fold(3 * DAY + 20)), [a, b]);
    count(before, 3 * DAY + 30);
    const [twice, other] = [a.replace(/1$/, '2'), b.replace(/1$/, '2')];
    deepEqual(await requests(now.shown(10)), [twice, other]);
    const remover = now.remove(REQUESTS, ['/a'], 20);
    deepEqual(await requests(now.shown(30)), [a, other]);
    deepEqual(await requests(now.shown(40)), [a, other]);
    remover.close();
  });

  it('keeps what was counted after a removal, whose process the restart has ended', async (context) => {
    const [before, now] = runs(context, '12') as [Run, Run];
    const count = (at: number): void => {
      const series = before.process(at);
      const { cells, index } = series.declare(REQUESTS).allocate(['/a']);
      cells[index]! += 1;
      series.close();
    };
    count(3 * DAY);
    await before.fold(3 * DAY + 1);
    const remover = before.remove(REQUESTS, ['/a'], 3 * DAY + 10);
    count(3 * DAY + 15);
    await before.fold(3 * DAY + 20, { alive: 1 });
    remover.close();
    const shown = (await now.shown(10)).filter((line) => line.startsWith('requests'));
    deepEqual(shown, ['requests_total{"path":"/a"} 1']);
  });

  it('shows single processes of the run before for an hour, and never again', async (context) => {
    const [before, now] = runs(context, '12') as [Run, Run];
    const series = before.process(5 * DAY);
    series.declare(EACH).allocate([]);
    series.close();
    await before.fold(5 * DAY);
    deepEqual(await now.shown(10), [`each{"pid":"${process.pid}"} 0`]);
    for (const at of [3601, DAY, 5 * DAY - 10, 5 * DAY, 5 * DAY + 10]) {
      deepEqual(await now.shown(at), []);
    }
  });
});

describe('MachineRuns', () => {
  it('tells a write of ages ago from one that never was', () => {
    const machine = new MachineRuns({ bootId: '1'.repeat(32), clock: () => 5 });
    const bootIds = Array.from({ length: 20 }, (_, i) => `2${i}`.padEnd(32, '0'));
    machine.order(
      bootIds.map((bootId, i) => [bootId, machine.begun({ bootId, begun: 0, startTime: i })]),
    );
    const [oldest] = bootIds as [string];
    // Merging takes the smallest number of all for none.
    deepEqual([machine.time(9 * DAY, oldest), machine.time(0, oldest)], [2 * Number.MIN_VALUE, 0]);
    equal(machine.time(9 * DAY, bootIds[19]!), 9 * DAY * 2 ** -64);
  });
});

describe('Processes that declare a metric differently while the wall clock is set back', () => {
  it('follow the newest of them, as soon as one has begun and once all have ended', async (context) => {
    context.mock.timers.enable({ apis: ['Date'], now: 2e12 });
    const [run] = runs(context, '1') as [Run];
    const older = run.process(100);
    older.declare({ ...REQUESTS, help: 'Older.' }).allocate(['/']);
    context.mock.timers.setTime(1e12);
    const newer = run.process(200);
    newer.declare({ ...REQUESTS, help: 'Newer.' }).allocate(['/']);
    const help = async (at: number): Promise<readonly string[]> => {
      const reader = new DirectoryReader({
        directory: run.directory,
        mapper: koffiMapper(),
        self: { ...currentIdentity(), bootId: '1'.repeat(32) },
        clock: () => at,
      });
      const reading = await reader.read({ own: undefined, missing: false }, new Pace());
      return new Merger().merge(reading.contributions).families.map((family) => family.help);
    };
    deepEqual(await help(300), ['Newer.']);
    older.close();
    newer.close();
    await run.fold(400);
    context.mock.timers.setTime(1.5e12);
    const newest = run.process(500);
    deepEqual(await help(600), ['Newer.']);
    newest.declare({ ...REQUESTS, help: 'Newest.' }).allocate(['/']);
    deepEqual(await help(600), ['Newest.']);
  });
});
