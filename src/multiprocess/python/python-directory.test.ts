import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type PythonValue, pythonFile } from '../../../test/processes/python-files.ts';
import { lines } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { Merger } from '../../aggregate/merger.ts';
import { Pace } from '../system/pace.ts';
import { PythonDirectory, type PythonReading, parsePythonName } from './python-directory.ts';

const JOBS: PythonValue = { family: 'jobs', sample: 'jobs_total', help: 'Jobs.', value: 3 };
const QUEUE: PythonValue = { family: 'queue', sample: 'queue', help: 'Queue.', value: 4 };

function jobsOf(queue: string, value: number): PythonValue {
  return { ...JOBS, labels: { queue }, value };
}

/** Makes files in a folder of the test's own, and what reads them. */
class Folder {
  readonly path: string;
  readonly #directory: PythonDirectory;

  constructor(context: { after(end: () => void): void }) {
    this.path = temporaryFolder(context);
    this.#directory = new PythonDirectory({ directory: this.path, clock: () => 1000 });
  }

  write(name: string, content: readonly PythonValue[] | Uint8Array): void {
    const bytes = content instanceof Uint8Array ? content : pythonFile(content);
    writeFileSync(join(this.path, name), bytes);
  }

  /** Makes a file look as if it had last been written so many seconds ago. */
  age(name: string, seconds: number): void {
    const time = Date.now() / 1000 - seconds;
    utimesSync(join(this.path, name), time, time);
  }

  read(): Promise<PythonReading> {
    return this.#directory.read(new Pace());
  }

  /** What is shown, and for files that are left out why, without the folder. */
  async shown(): Promise<{ lines: string[]; failures: string[] }> {
    const { contributions, failures } = await this.read();
    return {
      lines: lines(new Merger().merge(contributions).families),
      failures: failures.map(
        ({ reason, file, error }) =>
          `${reason} ${file}: ${error.code}: ${error.message.replace(this.path, '')}`,
      ),
    };
  }
}

describe('parsePythonName', () => {
  it('reads type, mode and process', () => {
    const names = ['counter_1.db', 'gauge_liveall_w-1.db', 'summary_a_b.db', 'histogram_merged.db'];
    deepEqual(
      names.map((name) => Object.values(parsePythonName(name)!).slice(1).join(' ')),
      ['1 counter sum', 'w-1 gauge liveall', 'a_b summary sum', 'merged histogram sum'],
    );
  });

  it('leaves alone what is named otherwise', () => {
    const names = [
      'data.db',
      'counter.db',
      'counter_.db',
      'gauge_1.db',
      'gauge_avg_1.db',
      'info_1.db',
    ];
    deepEqual(
      names.filter((name) => parsePythonName(name) !== undefined),
      [],
    );
  });
});

describe('PythonDirectory', () => {
  it('shows the files of each process as its', async (context) => {
    const folder = new Folder(context);
    for (const process of ['7', '9']) {
      folder.write(`counter_${process}.db`, [JOBS]);
      folder.write(`gauge_all_${process}.db`, [QUEUE]);
      folder.write(`gauge_livemax_${process}.db`, [
        { ...QUEUE, family: 'age', sample: 'age', value: Number(process) },
      ]);
    }
    deepEqual(await folder.shown(), {
      lines: ['age{} 9', 'jobs_total{} 6', 'queue{"pid":"7"} 4', 'queue{"pid":"9"} 4'],
      failures: [],
    });
  });

  it('puts the lines of histograms and summaries together', async (context) => {
    const folder = new Folder(context);
    const bucket = (le: string, value: number): PythonValue => ({
      family: 'h',
      sample: 'h_bucket',
      help: 'H.',
      labels: { le, path: '/' },
      value,
    });
    const sum = { ...bucket('', 2.5), sample: 'h_sum', labels: { path: '/' } };
    folder.write('histogram_1.db', [sum, bucket('0.5', 2), bucket('10.0', 1), bucket('+Inf', 4)]);
    folder.write('summary_1.db', [
      { family: 's', sample: 's_count', help: 'S.', value: 2 },
      { family: 's', sample: 's_sum', help: 'S.', value: 7 },
      { family: 's', sample: 's_of_tomorrow', help: 'S.', value: 1 },
    ]);
    deepEqual(await folder.shown(), {
      lines: [
        'h_bucket{"path":"/","le":"0.5"} 2',
        'h_bucket{"path":"/","le":"10.0"} 3',
        'h_bucket{"path":"/","le":"+Inf"} 7',
        'h_sum{"path":"/"} 2.5',
        'h_count{"path":"/"} 7',
        's_sum{} 7',
        's_count{} 2',
      ],
      failures: [],
    });
  });

  it('reads files of releases that kept no times, and no help', async (context) => {
    const folder = new Folder(context);
    const { help: _, ...withoutHelp } = JOBS;
    folder.write('counter_1.db', pythonFile([JOBS, jobsOf('a', 2)], { times: false }));
    folder.write('counter_2.db', pythonFile([withoutHelp], { times: false }));
    deepEqual(await folder.shown(), {
      lines: ['jobs_total{"queue":""} 6', 'jobs_total{"queue":"a"} 2'],
      failures: [],
    });
  });

  it('adds up what a process declared twice, with another help', async (context) => {
    const folder = new Folder(context);
    const seconds = { family: 's', sample: 's_sum', help: 'S.', value: 2 };
    folder.write('counter_1.db', [JOBS, { ...JOBS, help: 'Jobs done.', value: 4 }]);
    folder.write('summary_1.db', [seconds, { ...seconds, help: 'Seconds.', value: 0.5 }]);
    const { contributions } = await folder.read();
    const { families } = new Merger().merge(contributions);
    deepEqual(
      [families.map(({ help }) => help), lines(families)],
      [
        ['Jobs done.', 'Seconds.'],
        ['jobs_total{} 7', 's_sum{} 2.5', 's_count{} 0'],
      ],
    );
  });

  it('parses keys once, and reads values each time', async (context) => {
    const folder = new Folder(context);
    folder.write('counter_1.db', [jobsOf('a', 1)]);
    const [first] = (await folder.read()).contributions;
    const families = first?.families;
    folder.write('counter_1.db', [jobsOf('a', 5)]);
    const [second] = (await folder.read()).contributions;
    equal(second?.families, families);
    equal(second?.revision, first?.revision);
    deepEqual((await folder.shown()).lines, ['jobs_total{"queue":"a"} 5']);
    folder.write('counter_1.db', [jobsOf('a', 6), jobsOf('b', 7)]);
    deepEqual((await folder.shown()).lines, [
      'jobs_total{"queue":"a"} 6',
      'jobs_total{"queue":"b"} 7',
    ]);
    notEqual((await folder.read()).contributions[0]?.revision, first?.revision);
  });

  it('sees that a file is another one, of the same size', async (context) => {
    const folder = new Folder(context);
    folder.write('counter_1.db', [jobsOf('a', 1), jobsOf('b', 1)]);
    await folder.read();
    folder.write('counter_1.db', [jobsOf('a', 1), jobsOf('c', 2)]);
    deepEqual((await folder.shown()).lines, [
      'jobs_total{"queue":"a"} 1',
      'jobs_total{"queue":"c"} 2',
    ]);
    folder.write('counter_1.db', []);
    deepEqual((await folder.shown()).lines, []);
  });

  it('reads files of any length', async (context) => {
    const folder = new Folder(context);
    const values = Array.from({ length: 3000 }, (_, i) => jobsOf(String(i), 1));
    folder.write('counter_1.db', values);
    equal((await folder.shown()).lines.length, 3000);
    folder.write('counter_1.db', [...values, jobsOf('more', 1)]);
    equal((await folder.shown()).lines.length, 3001);
  });

  it('takes times of Unix for those of the clock that processes share', async (context) => {
    const folder = new Folder(context);
    const now = Date.now() / 1000;
    const set = (value: number, time: number): PythonValue => ({ ...QUEUE, value, time });
    folder.write('gauge_mostrecent_1.db', [set(1, now - 100)]);
    folder.write('gauge_mostrecent_2.db', [set(2, now - 10)]);
    folder.write('gauge_mostrecent_3.db', [set(3, 0)]);
    // Before the machine started.
    folder.write('gauge_mostrecent_4.db', [set(4, now - 5000)]);
    const { contributions } = await folder.read();
    const stamps = contributions.map(({ values }) => Math.round(values[1]!));
    deepEqual(stamps, [900, 990, 0, 0]);
    ok(contributions[3]!.values[1]! > 0);
    deepEqual((await folder.shown()).lines, ['queue{} 2']);
  });

  it('is empty where there is no directory, and after all files are gone', async (context) => {
    const folder = new Folder(context);
    folder.write('counter_1.db', [JOBS]);
    equal((await folder.read()).contributions.length, 1);
    rmSync(folder.path, { recursive: true });
    deepEqual(await folder.read(), { contributions: [], failures: [] });
  });

  it('leaves out what makes no sense, and says why', async (context) => {
    const folder = new Folder(context);
    const whole = pythonFile([JOBS]);
    folder.write('counter_0.db', whole);
    folder.write('counter_1.db', Buffer.alloc(0));
    folder.age('counter_1.db', 11);
    folder.write('counter_2.db', Buffer.alloc(5));
    folder.write('counter_3.db', whole.subarray(0, 40));
    folder.write('counter_4.db', Buffer.from(Int32Array.of(-8, 0).buffer));
    folder.write('counter_5.db', Buffer.from('SQLite format 3\0'));
    mkdirSync(join(folder.path, 'counter_6.db'));
    // Being made: its process has not said yet how much is in use, or not even given it a length.
    folder.write('counter_7.db', Buffer.alloc(65_536));
    folder.write('counter_8.db', Buffer.alloc(0));
    folder.age('counter_8.db', 9);
    deepEqual(await folder.shown(), {
      lines: ['jobs_total{} 3'],
      failures: [
        'empty counter_1.db: FILE_CORRUPT: file "/counter_1.db": is empty, expected 8 bytes or more, got 0',
        'truncated counter_2.db: FILE_CORRUPT: file "/counter_2.db": is truncated, expected 8 bytes, got 5',
        'truncated counter_3.db: FILE_CORRUPT: file "/counter_3.db": is truncated, expected 64 bytes, got 40',
        'corrupt counter_4.db: FILE_CORRUPT: file "/counter_4.db": is damaged at byte 0, expected a length, got -8',
        'corrupt counter_5.db: FILE_CORRUPT: file "/counter_5.db": is damaged at byte 0, expected a length, got 1766609235',
        'inaccessible counter_6.db: FILE_UNREADABLE: file "/counter_6.db": cannot be read, expected its contents, got EISDIR',
      ],
    });
    const before = readdirSync(folder.path);
    await folder.read();
    deepEqual(readdirSync(folder.path), before);
  });

  it('shows a file again that was damaged for a while', async (context) => {
    const folder = new Folder(context);
    folder.write('counter_1.db', [JOBS]);
    await folder.read();
    folder.write('counter_1.db', pythonFile([JOBS]).subarray(0, 20));
    equal((await folder.shown()).lines.length, 0);
    folder.write('counter_1.db', [{ ...JOBS, value: 8 }]);
    deepEqual(await folder.shown(), { lines: ['jobs_total{} 8'], failures: [] });
  });

  it('never rejects, wherever a file ends and whichever bit is flipped', async (context) => {
    const folder = new Folder(context);
    const whole = pythonFile([jobsOf('a', 1), { ...JOBS, family: 'x', sample: 'x_total' }], {
      unused: 0,
    });
    folder.write('counter_0.db', [JOBS]);
    for (let length = 0; length < whole.length; length++) {
      folder.write('counter_1.db', whole.subarray(0, length));
      folder.age('counter_1.db', 11);
      const { contributions, failures } = await folder.read();
      deepEqual([contributions.length, failures.length], [1, 1], `${length} bytes`);
    }
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Uint8Array.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      folder.write('counter_1.db', flipped);
      const { contributions, failures } = await folder.read();
      equal(contributions.length + failures.length, 2, `bit ${bit}`);
      ok(new Merger().merge(contributions).families.length > 0);
    }
  });
});
