import { deepEqual, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { CollectorRegistry, Counter, type MetricFamily, toText } from '../../src/index.ts';
import { openMultiprocessStorage } from '../../src/multiprocess/index.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import { pythonWithClient } from '../setup/oracles.ts';
import { type PythonFamily, PythonJudge, pythonName, withoutPython } from './python.ts';
import { anyPythonProgram, type PythonProgram } from './python-service.ts';

/** Counts and observes, with a new child every so often, until its files have grown several times. */
const BUSY = `
from prometheus_client import Counter, Histogram
jobs = Counter('jobs', 'Jobs.', ['queue'])
seconds = Histogram('seconds', 'Seconds.', buckets=[1, 2])
print('begun', flush=True)
for i in range(30000):
    jobs.labels(str(i // 10)).inc()
    seconds.observe(i % 3)
`;

/** What `BUSY` has come to. */
interface Reading {
  readonly jobs: number;
  readonly counted: number;
  readonly series: number;
}

function readingOf(families: readonly MetricFamily[]): Reading {
  deepEqual(
    families.map(({ name }) => name).filter((name) => name !== 'jobs'),
    ['seconds'],
  );
  const values = (name: string): number[] =>
    families.flatMap(({ samples }) =>
      [...samples].filter((sample) => sample.name === name).map(({ value }) => value),
    );
  const jobs = values('jobs_total');
  const sum = jobs.reduce((total, value) => total + value, 0);
  return { jobs: sum, counted: values('seconds_count')[0]!, series: jobs.length };
}

/** Samples by their names and labels. */
type Numbers = Readonly<Record<string, number>>;

/** Families by their names, in an order that depends on nothing but what is in them. */
type Shown = Readonly<Record<string, { type: string; help: string; samples: Numbers }>>;

function shown(families: readonly PythonFamily[]): Shown {
  const entries = families.map(({ name, type, help, samples }): [string, Shown[string]] => {
    const numbers = samples.map(({ name: sample, labels, value }): [string, number] => {
      const { le, ...others } = labels;
      const sorted = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
      // Python writes -1000000.0 beside 1e+06; both are one number.
      if (le !== undefined) sorted.push(['le', String(Number(le.replace('Inf', 'Infinity')))]);
      // Whether a sum of zeros has a sign depends on what it began with.
      return [sample + JSON.stringify(sorted), value + 0];
    });
    return [name, { type, help, samples: Object.fromEntries(numbers.sort()) }];
  });
  return Object.fromEntries(entries.sort());
}

/** What our own rule adds: a gauge that shows the last write shows 0 while nobody wrote. */
function withNeverSet(theirs: Shown, ours: Shown, program: PythonProgram): Shown {
  const latest = program.flat().flatMap((command) => {
    const isLatest = command.do === 'declare' && /mostrecent$/.test(command.mode);
    return isLatest && command.type === 'gauge' ? [command.name] : [];
  });
  const completed = latest.flatMap((name): [string, Shown[string]][] => {
    const family = theirs[name];
    if (family === undefined) return [];
    const zeros = Object.keys(ours[name]?.samples ?? {}).map((key): [string, number] => [key, 0]);
    const samples = { ...Object.fromEntries(zeros), ...family.samples };
    return [[name, { ...family, samples }]];
  });
  return { ...theirs, ...Object.fromEntries(completed) };
}

describe(`files of Python processes, beside ${pythonName}`, { skip: withoutPython }, () => {
  let python: PythonJudge;

  before(() => {
    python = new PythonJudge();
  });

  after(() => python?.[Symbol.asyncDispose]());

  it('are read while a process writes them, and never show less than before', async (context) => {
    const directory = temporaryFolder(context);
    const storage = openMultiprocessStorage({ directory, readOnly: true });
    context.after(() => storage.close());
    const script = ['-c', BUSY];
    const env = { ...process.env, PROMETHEUS_MULTIPROC_DIR: directory };
    const busy = spawn(pythonWithClient()!.python, script, {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    context.after(() => busy.kill());
    const exited = once(busy, 'exit');
    await once(busy.stdout, 'data');
    let last: Reading = { jobs: 0, counted: 0, series: 0 };
    let scrapes = 0;
    while (busy.exitCode === null) {
      const next = readingOf(await storage.collect());
      ok(next.jobs >= last.jobs && next.counted >= last.counted && next.series >= last.series);
      last = next;
      scrapes++;
      await setImmediate();
    }
    deepEqual(await exited, [0, null]);
    ok(scrapes > 5, `${scrapes} scrapes`);
    const end = readingOf(await storage.collect());
    deepEqual(end, { jobs: 30_000, counted: 30_000, series: 3000 });
  });

  it('are one service with the files of Node processes', async (context) => {
    const directory = temporaryFolder(context);
    const storage = openMultiprocessStorage({ directory, mapper: 'write-behind' });
    context.after(() => storage.close());
    const registry = new CollectorRegistry({ storage });
    const about = { name: 'jobs', help: 'Jobs.', labelNames: ['queue', 'kind'], registry };
    new Counter(about).labels('mail', 'new').inc(2);
    const [name, help, labels] = ['jobs', 'Jobs.', ['kind', 'queue']];
    const declare = { do: 'declare', type: 'counter', name, help, labels, mode: '', buckets: [] };
    const use = { do: 'use', metric: 0, labels: ['new', 'mail'], value: 5 };
    const start = { do: 'start', process: '1' };
    // Python's own collector goes on, and shows what Python counted.
    const theirs = shown(await python.serve(directory, [start, declare, use]));
    const ours = shown(await python.read('text', await toText(registry)));
    const family = (value: number): Shown => ({
      jobs: {
        type: 'counter',
        help: 'Jobs.',
        samples: { 'jobs_total[["kind","new"],["queue","mail"]]': value },
      },
    });
    deepEqual([theirs, ours], [family(5), family(7)]);
  });

  it('are shown as its own collector shows them, also while they grow', { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(anyPythonProgram, async (program) => {
        const directory = mkdtempSync(join(tmpdir(), 'promethium-test-'));
        const storage = openMultiprocessStorage({ directory, readOnly: true });
        try {
          const registry = new CollectorRegistry({ storage });
          for (const phase of program) {
            const theirs = shown(await python.serve(directory, phase));
            const text = await toText(registry, { escaping: 'allow-utf-8' });
            const ours = shown(await python.read('text', text));
            deepEqual(ours, withNeverSet(theirs, ours, program));
          }
        } finally {
          storage.close();
          rmSync(directory, { recursive: true, force: true });
        }
      }),
      { numRuns: 300 },
    ),
  );
});
