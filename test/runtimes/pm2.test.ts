/**
 * PM2 itself, as npm delivers it: a service in cluster mode and one in fork mode are reloaded and lose
 * an instance to `kill -9` under load. What was answered is what any instance shows, to the request.
 */

import { deepEqual, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ProgramFolder } from '../members/program.ts';
import { packed } from '../setup/packed.ts';
import { pm2Script } from '../setup/runtimes.ts';

const library = packed();
const programs = new ProgramFolder(library);
const home = programs.makeFolder('pm2-');
const places = programs.makeFolder('places-');
after(async () => {
  await stopDaemon();
  programs.remove();
  library.remove();
});

const INSTANCES = 2;
/** Of an app each: the directory, and what was answered. */
const APPS = ['cluster', 'fork', 'behind'] as const;
type App = (typeof APPS)[number];
const directories = new Map<App, string>(APPS.map((app) => [app, programs.makeFolder(app)]));

/** What the ecosystem file says of the three. */
async function ecosystem(): Promise<object> {
  const script = {
    cjs: programs.add('pm2-service.ts', 'cjs'),
    esm: programs.add('pm2-service.ts'),
  };
  const shared = { instances: INSTANCES, cwd: programs.path };
  const env = (app: App, PORT: number) => ({
    PLACES: places,
    PORT,
    PROMETHEUS_MULTIPROC_DIR: directories.get(app),
  });
  // With port 0 all apps in cluster mode would share one port, since they have one primary.
  const [first = 0, second = 0] = await Promise.all([freePort(), freePort()]);
  const behind = { PLACES: places, PORT: second, WRITE_BEHIND: directories.get('behind') };
  return {
    apps: [
      {
        ...shared,
        name: 'cluster',
        exec_mode: 'cluster',
        script: script.cjs,
        env: env('cluster', first),
      },
      { ...shared, name: 'fork', exec_mode: 'fork', script: script.esm, env: env('fork', 0) },
      { ...shared, name: 'behind', exec_mode: 'cluster', script: script.cjs, env: behind },
    ],
  };
}

/** Runs a command of PM2, which starts its daemon on the first one. */
async function pm2(...args: readonly string[]): Promise<string> {
  const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...rest } = process.env;
  const env = { ...rest, PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' };
  const command = [pm2Script()!, ...args];
  return (await promisify(execFile)(process.execPath, command, { env, cwd: programs.path })).stdout;
}

async function stopDaemon(): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(join(home, 'pm2.pid'), 'utf8'));
  } catch {
    return;
  }
  await pm2('kill');
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone, as it should be.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Where an app's instances listen: all on the same port in cluster mode. */
function portsOf(app: App): number[] {
  const files = readdirSync(places).filter((name) => name.startsWith(`${app}-`));
  const all = files.filter((name) => !name.endsWith('.new'));
  return all.map((name) => Number(readFileSync(join(places, name), 'utf8')));
}

interface Reply {
  readonly pid: number;
  readonly text: string;
}

/** Asks over a connection of its own. Rejects when there is no whole answer. */
function ask(port: number, path: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ pid: Number(response.headers['instance']), text }));
    });
    request.on('error', reject);
    // A connection that `cluster` hands to a worker as that dies is never answered, nor closed.
    request.setTimeout(2000, () => request.destroy(new Error('no answer')));
  });
}

/** Asks an app for as long as it is told to, a few requests at a time, and counts. */
class Load {
  readonly app: App;
  readonly pids = new Set<number>();
  answered = 0;
  /** Requests without an answer. They may have been counted. */
  failed = 0;
  #stopped = false;
  readonly #asking: Promise<void>[];

  constructor(app: App) {
    this.app = app;
    this.#asking = [0, 1, 2].map((number) => this.#askOn(number));
  }

  /** Waits until so many more were answered. */
  async more(requests: number): Promise<void> {
    await until(() => this.answered, this.answered + requests);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#asking);
  }

  async #askOn(number: number): Promise<void> {
    for (let i = number; !this.#stopped; i++) {
      const open = portsOf(this.app);
      try {
        const { pid } = await ask(open[i % open.length]!, '/');
        this.answered++;
        this.pids.add(pid);
      } catch {
        this.failed++;
        await setTimeout(5);
      }
    }
  }
}

/** Waits until a number is at least `least`. */
async function until(value: () => number, least: number): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (value() < least) {
    ok(performance.now() < deadline, `${value()} of ${least} within 20 s`);
    await setTimeout(5);
  }
}

/** What each of an app's instances shows, by process id: asked until all of them have answered. */
async function shown(app: App): Promise<Map<number, number>> {
  const all = new Map<number, number>();
  for (let i = 0; all.size < INSTANCES; i++) {
    ok(i < 300, `${all.size} instances of ${app} answer`);
    const open = portsOf(app);
    const { pid, text } = await ask(open[i % open.length]!, '/metrics');
    all.set(pid, Number(/^answered_total\{app="\w+"\} (\d+)$/m.exec(text)?.[1]));
  }
  return all;
}

const skip = pm2Script() ? false : 'pm2 is not installed';

describe('Services under PM2', { skip }, () => {
  it('count every answered request, across a reload and a kill of instances under load', async (context) => {
    const file = join(programs.path, 'ecosystem.config.cjs');
    writeFileSync(file, `module.exports = ${JSON.stringify(await ecosystem())};\n`);
    await pm2('start', file);
    for (const app of APPS) await until(() => portsOf(app).length, INSTANCES);
    const loads = APPS.map((app) => new Load(app));
    try {
      await Promise.all(loads.map((load) => load.more(100)));
      await pm2('reload', 'all');
      await Promise.all(loads.map((load) => load.more(100)));
      for (const load of loads) {
        // What is written behind is not for this: the counts of the last 50 ms would be gone.
        if (load.app !== 'behind') await killOne(load);
      }
      await Promise.all(loads.map((load) => load.more(100)));
    } finally {
      for (const load of loads) await load.stop();
    }
    for (const load of loads) context.diagnostic(await judge(load));
  });
});

/** Kills the instance that answers next, and waits for the one that PM2 starts in its place. */
async function killOne(load: Load): Promise<void> {
  const { pid } = await ask(portsOf(load.app)[0]!, '/metrics');
  const before = load.pids.size;
  process.kill(pid, 'SIGKILL');
  await until(() => load.pids.size, before + 1);
}

/** Holds what is shown against what was answered, and says what both are. */
async function judge({ app, answered, failed, pids }: Load): Promise<string> {
  const values = await shown(app);
  const [value = Number.NaN] = values.values();
  deepEqual([...values.values()], Array(INSTANCES).fill(value), `all instances of ${app}`);
  // Each instance was replaced by the reload, and one more by the kill.
  ok(pids.size >= 2 * INSTANCES, `${pids.size} processes of ${app} answered`);
  const bounds = `${answered} answered and ${failed} failed of ${app}, ${value} shown`;
  ok(value >= answered && value <= answered + failed, bounds);
  return bounds;
}
