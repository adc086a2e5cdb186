import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type ClockSources, hostClock } from './host-clock.ts';

const MODULE = new URL('host-clock.ts', import.meta.url).href;
/** Where the exact clock is not shared, the system's uptime is, in ticks of 10 ms. */
const TOLERANCE_SECONDS = process.platform === 'linux' ? 0.0005 : 0.02;

describe('hostClock', () => {
  it('shows the same time to another process, to less than a message takes', async () => {
    const program = `import { hostClock } from ${JSON.stringify(MODULE)}; console.log(hostClock()());`;
    const clock = hostClock();
    const before = clock();
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      program,
    ]);
    const after = clock();
    ok(Number(stdout) > before - TOLERANCE_SECONDS, `${stdout} after ${before}`);
    ok(Number(stdout) < after + TOLERANCE_SECONDS, `${stdout} before ${after}`);
  });

  it('never runs backwards', () => {
    const clock = hostClock();
    let last = clock();
    for (let i = 0; i < 10_000; i++) {
      const now = clock();
      ok(now >= last);
      last = now;
    }
  });
});

/** A machine that runs and is suspended, with the clocks that its processes see. */
class Machine {
  #running = 1000;
  #suspended = 0;
  /** How often somebody asked for the uptime. */
  asked = 0;
  /** False while a process has no file descriptor left to ask with. */
  hasFiles = true;

  run(seconds: number): void {
    this.#running += seconds;
  }

  suspend(seconds: number): void {
    this.#suspended += seconds;
  }

  /** A process that begins now, on Node or on a runtime that counts from the start of each process. */
  process(runtime: 'node' | 'other'): () => number {
    const begun = this.#running;
    const sources: ClockSources = {
      elapsed: () => this.#running - begun,
      hrtime: () => (runtime === 'node' ? this.#running : this.#running - begun),
      uptimes: [
        () => {
          this.asked++;
          if (!this.hasFiles) throw new Error('EMFILE');
          // In ticks of the kernel.
          return Math.floor((this.#running + this.#suspended) * 100) / 100;
        },
        // What says something else, as a container's own does, or wall time.
        () => 9e9 + this.#running + this.#suspended,
      ],
    };
    return hostClock(sources);
  }
}

describe('hostClock on a machine that is suspended', () => {
  it('shows the same to all processes 5 s later, whenever they began and on whichever runtime', () => {
    const machine = new Machine();
    const clocks = [machine.process('node'), machine.process('other')];
    deepEqual(
      clocks.map((clock) => clock()),
      [1000, 1000],
    );
    machine.run(100);
    machine.suspend(3600);
    clocks.push(machine.process('node'), machine.process('other'));
    machine.run(5);
    deepEqual(
      clocks.map((clock) => clock()),
      [4705, 4705, 4705, 4705],
    );
    machine.suspend(60);
    machine.run(5);
    clocks.push(machine.process('node'));
    deepEqual(
      clocks.map((clock) => clock()),
      [4770, 4770, 4770, 4770, 4770],
    );
  });

  for (const [runtime, start] of [
    ['node', 1000.0075],
    // As of the tick before: later looks find more, by some milliseconds.
    ['other', 1000],
  ] as const) {
    it(`is exact where the machine was not, and asks for the uptime once in 5 s (${runtime})`, () => {
      const machine = new Machine();
      machine.run(0.0075);
      const clock = machine.process(runtime);
      const before = machine.asked;
      for (let i = 0; i < 1000; i++) {
        machine.run(0.0131);
        equal(clock().toFixed(9), (start + (i + 1) * 0.0131).toFixed(9));
      }
      equal(machine.asked - before, 2);
    });
  }

  it('asks what it asked first, and goes on as it was where that does not answer', () => {
    const machine = new Machine();
    const clock = machine.process('node');
    machine.hasFiles = false;
    machine.run(10);
    equal(clock(), 1010);
    machine.hasFiles = true;
    machine.suspend(60);
    machine.run(5);
    equal(clock(), 1075);
  });

  it('is none where nothing answers', () => {
    throws(
      () => hostClock({ elapsed: () => 0, hrtime: () => 0, uptimes: [() => Number.NaN] }),
      new RangeError('clock "uptime": cannot be read, expected one source that answers, got none'),
    );
  });

  it('asks in another way where the first does not answer when it begins', () => {
    const machine = new Machine();
    machine.hasFiles = false;
    const clock = machine.process('node');
    equal(clock(), 9e9 + 1000);
    machine.hasFiles = true;
    machine.suspend(60);
    machine.run(5);
    equal(clock(), 9e9 + 1065);
  });
});
