/** A real Prometheus, where this machine has one, that scrapes the service while it is under load. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A Prometheus that is running. */
export interface Prometheus {
  /** What its query API answers to `expression`, summed; `undefined` where it has no answer. */
  query(expression: string): Promise<number | undefined>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts Prometheus on a free port, or returns nothing where none is installed. */
export async function startPrometheus(
  folder: string,
  target: number,
): Promise<Prometheus | undefined> {
  if (spawnSync('prometheus', ['--version']).status !== 0) return undefined;
  const port = await freePort();
  const config = join(folder, 'prometheus.yml');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    config,
    `global: { scrape_interval: 1s }\nscrape_configs:\n  - job_name: demo\n    static_configs: [{ targets: ['127.0.0.1:${target}'] }]\n`,
  );
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  return { query: (expression) => query(port, expression), stop: () => stop(child) };
}

async function query(port: number, expression: string): Promise<number | undefined> {
  const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`;
  try {
    const answer = (await (await fetch(url)).json()) as {
      data?: { result?: { value: [number, string] }[] };
    };
    const value = answer.data?.result?.[0]?.value[1];
    return value === undefined ? undefined : Number(value);
  } catch {
    // Not up yet.
    return undefined;
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('demo "port": none assigned, expected a port, got none'));
      });
    });
  });
}
