/**
 * The demo: a service on several processes under real load loses a worker to SIGKILL, and not one
 * request of its count. Exits non-zero unless answered <= counted <= sent, and without a kill
 * unless all three are equal.
 *
 * @example
 * ```sh
 * npm run demo -- --seconds 10 --workers 4 --kills 1
 * ```
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoadCounts, LoadOrder } from './load.ts';
import { type DemoOptions, readOptions } from './options.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { printReport, type Report } from './report.ts';
import { scrape } from './scrape.ts';
import type { ServiceMessage } from './service.ts';

// Built, this file and its neighbours end in .mjs.
const here = (name: string): string =>
  fileURLToPath(
    new URL(`./${name}${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url),
  );

const folder = mkdtempSync(join(tmpdir(), 'promethium-demo-'));
const metrics = join(folder, 'metrics');
const children: ChildProcess[] = [];
let prometheus: Prometheus | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
}
try {
  const report = await run(readOptions(process.argv.slice(2)));
  process.exitCode = printReport(report) ? 0 : 1;
} finally {
  await cleanUp();
}

async function cleanUp(): Promise<void> {
  await prometheus?.stop();
  await Promise.all(children.map(end));
  rmSync(folder, { recursive: true, force: true });
}

async function run(options: DemoOptions): Promise<Report> {
  const service = await startService(options.workers);
  prometheus = await startPrometheus(join(folder, 'prometheus'), service.port);
  const load = fork(here('load'), [String(service.port)]);
  children.push(load);
  const ask = async (order: LoadOrder): Promise<LoadCounts> => {
    const counts = once(load, 'message');
    load.send(order);
    return (await counts)[0];
  };
  const began = performance.now();
  let killed = 0;
  for (let second = 1; second <= options.seconds; second++) {
    await sleep(Math.max(began + second * 1000 - performance.now(), 0));
    // Evenly over the time: a single kill comes half-way.
    while (
      killed < options.kills &&
      second >= ((killed + 1) * options.seconds) / (options.kills + 1)
    ) {
      console.log(`  kill -9 ${await service.killOne()}`);
      killed++;
    }
    // Asked in this order, the three numbers can only grow from one to the next.
    const { answered } = await ask('report');
    const { counted } = await scrape(service.port);
    const { sent } = await ask('report');
    console.log(
      `${String(second).padStart(3)} s  ${answered} answered, ${counted} counted, ${sent} sent`,
    );
  }
  const counts = await ask('stop');
  const last = await scrape(service.port);
  return {
    ...counts,
    ...last,
    killed,
    workers: options.workers,
    node: process.version,
    files: readdirSync(metrics).length,
    prometheus: await caughtUp(last.counted),
  };
}

/** Starts the service and waits until all workers listen. */
async function startService(
  workers: number,
): Promise<{ port: number; killOne: () => Promise<number> }> {
  const env = { ...process.env, PROMETHEUS_MULTIPROC_DIR: metrics };
  const primary = fork(here('service'), [String(workers)], { env });
  children.push(primary);
  const pids: number[] = [];
  let port = 0;
  await new Promise<void>((resolve, reject) => {
    primary.once('exit', (code) =>
      reject(new Error(`demo "service": ended, expected it to listen, got exit code ${code}`)),
    );
    primary.on('message', (message) => {
      const event = message as ServiceMessage;
      if (event.type === 'died') {
        console.log(`  worker ${event.pid} is dead; a new one takes its place`);
        return;
      }
      ({ port } = event);
      pids.push(event.pid);
      if (pids.length === workers) resolve();
    });
  });
  console.log(`${workers} workers on http://127.0.0.1:${port}, any of which answers /metrics`);
  const killOne = async (): Promise<number> => {
    // When all are there again, so that those who are left hold the port.
    while (pids.length < workers) await once(primary, 'message');
    const pid = pids.shift()!;
    process.kill(pid, 'SIGKILL');
    return pid;
  };
  return { port, killOne };
}

/** What Prometheus says once it has scraped the final count; its last word after 10 seconds if not. */
async function caughtUp(counted: number): Promise<number | 'absent' | undefined> {
  if (prometheus === undefined) return 'absent';
  let answer: number | undefined;
  for (let attempt = 0; attempt < 100 && answer !== counted; attempt++) {
    await sleep(100);
    answer = await prometheus.query('sum(demo_requests_total)');
  }
  return answer;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  if (child.connected) child.disconnect();
  else child.kill();
  await exited;
}
