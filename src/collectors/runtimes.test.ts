/** The collectors on every runtime: what is there, what is left out, and that a blocked loop is seen. */

import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import {
  type RuntimeName,
  runtimeBinary,
  runtimeCommand,
  runtimeNames,
} from '../../test/setup/runtimes.ts';

const folder = temporaryFolder({ after: (end) => process.once('exit', () => void end()) });
const script = join(folder, 'collect.mjs');
const sleeper = join(folder, 'sleep.mjs');

/** Prints what is collected when the loop has slept for 800 ms and was then blocked for 250 ms. */
const PROGRAM = `
import { CollectorRegistry } from './src/metrics/registry/registry.ts';
import { collectDefaultMetrics } from './src/collectors/default-metrics.ts';
import { toText } from './src/exposition/index.ts';
const registry = new CollectorRegistry({ onError: (error) => console.error(String(error)) });
const handle = collectDefaultMetrics({ registry });
const block = () => { for (const end = performance.now() + 250; performance.now() < end; ); };
const show = () => toText(registry).then((text) => { console.log(text); handle.stop(); });
setTimeout(block, 800);
setTimeout(show, 1300);
`;

/**
 * Prints the delays of a loop that slept for 600 ms, with nothing to do before that: a program of one
 * file and the event loop alone, since whatever else there is in the first turn hides the mistake.
 */
const SLEEPER = `
import { CollectorRegistry } from './src/metrics/registry/registry.ts';
import { collectEventLoopMetrics } from './src/collectors/event-loop.ts';
import { toText } from './src/exposition/index.ts';
const registry = new CollectorRegistry();
const handle = collectEventLoopMetrics({ registry });
setTimeout(() => toText(registry).then((text) => { console.log(text); handle.stop(); }), 600);
`;

const DELAY = ['', 'max_', 'mean_', 'min_', 'p50_', 'p90_', 'p99_'].map(
  (word) => `nodejs_eventloop_lag_${word}seconds`,
);
const SPACES = ['available', 'total', 'used'].map((word) => `nodejs_heap_space_size_${word}_bytes`);

/** What other runtimes than Node leave out, and what they have for it. */
const DIFFERENCES: Partial<Record<RuntimeName, { lacks: readonly string[]; has: string }>> = {
  bun: {
    lacks: [
      'nodejs_active_resources',
      'nodejs_eventloop_seconds_total',
      'nodejs_gc_duration_seconds',
      'nodejs_heap_size_limit_bytes',
      ...SPACES,
    ],
    has: 'bun_version_info',
  },
  deno: {
    lacks: [
      'nodejs_array_buffers_bytes',
      'nodejs_eventloop_delay_seconds',
      ...DELAY,
      'nodejs_eventloop_seconds_total',
      'nodejs_gc_duration_seconds',
    ],
    has: 'deno_version_info',
  },
};

function run(command: readonly string[]): string {
  const [binary = '', ...args] = command;
  const { stdout, stderr } = spawnSync(binary, args, { encoding: 'utf8', timeout: 60_000 });
  equal(stderr, '');
  return stdout;
}

/** One file, since not all runtimes read TypeScript. */
async function bundle(contents: string, outfile: string): Promise<void> {
  const stdin = { contents, resolveDir: join(import.meta.dirname, '..', '..') };
  const target = 'node20.19';
  await build({ stdin, outfile, bundle: true, format: 'esm', platform: 'node', target });
}

function families(text: string): string[] {
  return Array.from(text.matchAll(/^# TYPE (\S+)/gm), ([, name]) => name ?? '').sort();
}

describe('The collectors', () => {
  before(async () => {
    await bundle(PROGRAM, script);
    await bundle(SLEEPER, sleeper);
  });

  for (const name of runtimeNames) {
    const skip = runtimeBinary(name) ? false : `${name} is not installed in test/runtimes`;
    it(`show on ${name} what it measures, and nothing that it does not`, { skip }, () => {
      const difference = DIFFERENCES[name];
      const lacks = difference?.lacks ?? [];
      const has = difference?.has;
      const text = run(runtimeCommand(name, script));
      const onNode = families(run([process.execPath, script]));
      const expected = onNode.filter((family) => !lacks.includes(family));
      deepEqual(families(text), has === undefined ? expected : [...expected, has].sort());
      if (lacks.includes('nodejs_eventloop_delay_seconds')) return;
      const max = Number(/^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(text)?.[1]);
      ok(max > 0.19 && max < 0.7, `${max} s`);
      const over = Number(
        /^nodejs_eventloop_delay_seconds_bucket\{le="0\.1"\} (.*)$/m.exec(text)?.[1],
      );
      const all = Number(/^nodejs_eventloop_delay_seconds_count (.*)$/m.exec(text)?.[1]);
      ok(all > over);
    });
  }

  for (const name of runtimeNames) {
    if (name === 'deno') continue;
    const skip = runtimeBinary(name) ? false : `${name} is not installed in test/runtimes`;
    it(`do not take sleep for delay on ${name}, the first included`, { skip }, () => {
      const text = run(runtimeCommand(name, sleeper));
      const max = Number(/^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(text)?.[1]);
      ok(max > 0 && max < 0.4, `${max} s`);
    });
  }

  const deno = runtimeBinary('deno');
  const skip = deno ? false : 'deno is not installed in test/runtimes';
  it('ask nobody on deno for what they may not read', { skip }, () => {
    const text = run([deno ?? '', 'run', '--no-prompt', script]);
    deepEqual(
      families(text).filter((family) => family.startsWith('process_')),
      [
        'process_cpu_seconds_total',
        'process_cpu_system_seconds_total',
        'process_cpu_user_seconds_total',
        'process_resident_memory_bytes',
        'process_start_time_seconds',
      ],
    );
  });
});
