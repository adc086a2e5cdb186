import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { askOver } from '../../../test/contracts/http.ts';
import { gauges } from '../../../test/contracts/http-sources.ts';
import type { Said } from '../../../test/processes/blocked-service.ts';
import { open } from '../../../test/processes/storage.ts';
import { type Ending, temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { CollectorRegistry } from '../../metrics/registry/registry.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import { Counter, Gauge, GaugeMetricFamily } from '../../node.ts';
import { type HttpServerOptions, type MetricsServer, startHttpServer } from './index.ts';

const BLOCKED_SERVICE = new URL('../../../test/processes/blocked-service.ts', import.meta.url);

/** A registry that counts into a folder which is gone after the test. */
function shared(context: Ending): CollectorRegistry {
  return new CollectorRegistry({ storage: open(context, { directory: temporaryFolder(context) }) });
}

function start(options: HttpServerOptions): Promise<MetricsServer> {
  return startHttpServer({ port: 0, host: '127.0.0.1', thread: true, ...options });
}

/** Runs a program in the folder of this test, which prints `idle` when it has done all. */
function run(script: string, ...execArgv: readonly string[]) {
  const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...env } = process.env;
  const args = [...execArgv, '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  return child;
}

/** The next thing that a program says; an error where it ends without a word. */
function nextSaid(child: ChildProcess): Promise<Said> {
  return new Promise((resolve, reject) => {
    child.once('message', (said: Said) => resolve(said));
    child.once('exit', (code) => reject(new Error(`program: has ended with code ${code}`)));
  });
}

describe('startHttpServer with a thread', { timeout: 60_000 }, () => {
  it('shows what the main thread counted, and what its callbacks say now', async (t) => {
    const registry = shared(t);
    const jobs = new Counter({
      name: 'jobs_total',
      help: 'Jobs.',
      labelNames: ['queue'],
      registry,
    });
    let waiting = 1;
    new Gauge({
      name: 'waiting',
      help: 'Waiting.',
      multiprocessMode: 'sum',
      callback: () => waiting,
      registry,
    });
    await using server = await start({ registry });
    equal(server.host, '127.0.0.1');
    equal(server.url, `http://127.0.0.1:${server.port}/metrics`);
    jobs.labels('mail').inc(3);
    const exposition = (counted: number): string =>
      `# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total{queue="mail"} ${counted}\n# HELP waiting Waiting.\n# TYPE waiting gauge\nwaiting ${waiting}\n`;
    equal((await askOver(server.url, {})).body.toString(), exposition(3));
    waiting = 7;
    jobs.labels('mail').inc();
    equal((await askOver(server.url, {})).body.toString(), exposition(4));
    const only = await askOver(server.url, { query: '?name[]=waiting' });
    equal(only.body.toString(), exposition(4).slice(exposition(4).indexOf('# HELP waiting')));
  });

  it('makes no file of its own', async (t) => {
    const directory = temporaryFolder(t);
    const registry = new CollectorRegistry({ storage: open(t, { directory }) });
    new Counter({ name: 'jobs_total', help: 'Jobs.', registry }).inc();
    const files = readdirSync(directory);
    const server = await start({ registry });
    await askOver(server.url, {});
    await server.close();
    deepEqual(readdirSync(directory), files);
  });

  it('counts itself where it is told to, in a registry that has not begun as well', async () => {
    const registry = new CollectorRegistry();
    await using server = await start({ registry, metrics: true });
    await askOver(server.url, {});
    await askOver(server.url, { method: 'POST' });
    const { body } = await askOver(server.url, {});
    deepEqual(body.toString().match(/^promhttp.*(total|count)\b.*$/gm), [
      'promhttp_metric_handler_request_duration_seconds_count 2',
      'promhttp_metric_handler_requests_total{code="200"} 1',
      'promhttp_metric_handler_requests_total{code="405"} 1',
      'promhttp_metric_handler_requests_total{code="500"} 0',
      'promhttp_metric_handler_requests_total{code="503"} 0',
      'promhttp_metric_handler_response_size_bytes_count 2',
    ]);
  });

  it('shows what collectors of the process say now, and what they said before they hung', async (t) => {
    const registry = shared(t);
    let size = 1;
    let hangs = false;
    const queue = {
      collect(): MetricFamily[] | Promise<MetricFamily[]> {
        if (hangs) return new Promise(() => {});
        const family = new GaugeMetricFamily({ name: 'queue_size', help: 'Size.' });
        family.addMetric([], size);
        return [family];
      },
    };
    registry.register(queue, { scope: 'process', multiprocessMode: 'sum' });
    await using server = await start({ registry });
    const shown = async (): Promise<string | undefined> =>
      /^queue_size.*$/m.exec((await askOver(server.url, {})).body.toString())?.[0];
    equal(await shown(), 'queue_size 1');
    size = 2;
    equal(await shown(), 'queue_size 2');
    hangs = true;
    equal(await shown(), 'queue_size 2');
  });

  it('shows what the program says of itself and of its service, and how old that is', async (t) => {
    const registry = shared(t);
    registry.targetInfo = { region: 'eu' };
    let jobs = 0;
    registry.register({
      name: 'database',
      collect() {
        const family = new GaugeMetricFamily({ name: 'jobs', help: 'Jobs.' });
        family.addMetric([], jobs);
        return [family];
      },
    } as Collector);
    await using server = await start({ registry });
    for (jobs = 1; jobs < 3; jobs++) {
      const text = (await askOver(server.url, {})).body.toString();
      match(text, /^target_info\{region="eu"\} 1$/m);
      match(text, new RegExp(`^jobs ${jobs}$`, 'm'));
      const age = /^promethium_publication_age_seconds\{collector="database"\} (.*)$/m.exec(text);
      ok(Number(age?.[1]) < 5, text);
    }
  });

  it('shows what has been counted although a callback never answers', async (t) => {
    const registry = shared(t);
    new Gauge({ name: 'hanging', help: 'H.', callback: () => new Promise(() => {}), registry });
    new Counter({ name: 'jobs_total', help: 'Jobs.', registry }).inc();
    await using server = await start({ registry });
    for (let i = 0; i < 2; i++) {
      match((await askOver(server.url, {})).body.toString(), /^jobs_total 1$/m);
    }
  });

  it('is told of paths, passwords and formats as a server without one', async (t) => {
    const registry = shared(t);
    new Counter({ name: 'jobs_total', help: 'Jobs.', registry }).inc();
    const options = { path: '/a', basicAuth: { username: 'u', password: 'p' }, created: true };
    // Options of a class: what lies on a prototype has to cross as well.
    await using server = await startHttpServer(
      Object.create({ ...options, registry, port: 0, thread: true }),
    );
    match(server.url, /:\d+\/a$/);
    equal((await askOver(server.url, {})).status, 401);
    const authorization = `Basic ${btoa('u:p')}`;
    const accept = 'application/openmetrics-text; version=1.0.0';
    const { status, headers, body } = await askOver(server.url, {
      headers: { authorization, accept },
    });
    equal(status, 200);
    match(headers['content-type']!, /^application\/openmetrics-text; version=1\.0\.0/);
    match(body.toString(), /^jobs_total 1\njobs_created [\d.]+\n# EOF\n$/m);
    const root = server.url.replace('/a', '/-/healthy');
    equal((await askOver(root, {})).body.toString(), 'Healthy.\n');
  });

  it('rejects where the port is taken, as without a thread', async (t) => {
    const registry = shared(t);
    await using server = await start({ registry });
    await rejects(start({ registry, port: server.port }), (error: Error & { code: string }) => {
      equal(error.name, 'MetricsError');
      equal(error.code, 'LISTEN_FAILED');
      equal(
        error.message,
        `http server "127.0.0.1:${server.port}": cannot listen, expected a free port, got EADDRINUSE`,
      );
      const { code, syscall } = error.cause as NodeJS.ErrnoException;
      deepEqual([code, syscall], ['EADDRINUSE', 'listen']);
      return true;
    });
  });

  it('refuses a registry that counts on its heap, and says what to do', async () => {
    const registry = new CollectorRegistry();
    new Counter({ name: 'jobs_total', help: 'Jobs.', registry });
    await rejects(start({ registry }), {
      name: 'MetricsError',
      code: 'STORAGE_IN_USE',
      message:
        'http server "127.0.0.1:0": cannot answer from a thread, expected a registry that counts into files (set PROMETHEUS_MULTIPROC_DIR, or start the server before the first metric), got one that counts on its heap',
    });
  });

  it('refuses what cannot cross to a thread', async (t) => {
    const registry = shared(t);
    await rejects(start({ registry, onError: () => {} }), {
      name: 'TypeError',
      message:
        'http server "127.0.0.1:0": onError cannot be called by a thread, expected no such option beside thread, got a function',
    });
    await rejects(start({ registry, metrics: new CollectorRegistry() }), {
      name: 'TypeError',
      message:
        'http server "127.0.0.1:0": metrics cannot be declared by a thread in what it is given, expected true or false beside thread, got an object',
    });
    await rejects(start({ registry: { collect: () => [gauges('up', 1)] } }), {
      name: 'TypeError',
      message:
        'http server "127.0.0.1:0": registry cannot be shown by a thread, expected a CollectorRegistry, got an object',
    });
    await rejects(start({ registry, thread: 'yes' as unknown as boolean }), {
      name: 'TypeError',
      message:
        'http server "127.0.0.1:0": thread has the wrong type, expected true or false, got "yes"',
    });
  });

  it('closes once, although a connection is idle', async (t) => {
    const server = await start({ registry: shared(t) });
    // The thread may not have taken it in yet, and the system then resets it.
    const socket = connect(server.port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    const closed = server.close();
    equal(server.close(), closed);
    const ended = new Promise((resolve) => socket.resume().once('close', resolve));
    await Promise.all([closed, ended]);
    await rejects(askOver(server.url, {}), { code: 'ECONNREFUSED' });
  });

  for (const unref of [true, false]) {
    it(`${unref ? 'lets the process end where told to' : 'keeps the process alive'}, and its directory goes with it`, async () => {
      const child = run(`
        import { Counter, REGISTRY } from '../../node.ts';
        import { startHttpServer } from './index.ts';
        const starting = startHttpServer({ port: 0, host: '127.0.0.1', thread: true, unref: ${unref} });
        // Before the thread is there.
        new Counter({ name: 'jobs_total', help: 'Jobs.' }).inc(5);
        const server = await starting;
        const { mode } = (await import('node:fs')).statSync(REGISTRY.storage.directory);
        console.log(REGISTRY.storage.directory, (mode & 0o777).toString(8));
        console.log(/^jobs_total .*$/m.exec(await (await fetch(server.url)).text())[0]);
        process.once('beforeExit', () => console.log('left alone'));
        setImmediate(() => console.log('idle'));
        process.once('SIGTERM', () => server.close().then(() => console.log('closed')));`);
      let said = '';
      child.stdout.on('data', (text) => {
        said += text;
        if (!unref && said.endsWith('idle\n')) child.kill();
      });
      const [status] = await once(child, 'close');
      const [first = '', ...rest] = said.split('\n');
      const [directory = '', mode] = first.split(' ');
      equal(mode, '700');
      deepEqual(
        rest,
        unref
          ? ['jobs_total 5', 'idle', 'left alone', '']
          : ['jobs_total 5', 'idle', 'closed', 'left alone', ''],
      );
      equal(existsSync(directory), false);
      equal(status, 0);
    });
  }

  it('loads nothing that the program preloads', async (t) => {
    const preload = join(temporaryFolder(t), 'preload.mjs');
    writeFileSync(preload, `console.log('preloaded');\n`);
    const script = `
      import { startHttpServer } from './index.ts';
      await (await startHttpServer({ port: 0, thread: true })).close();`;
    const child = run(script, '--import', preload);
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    await once(child, 'close');
    equal(said, 'preloaded\n');
  });

  it('is scraped with counters up to date while the main thread is blocked for 5 s', async (t) => {
    const child = fork(BLOCKED_SERVICE);
    t.after(() => void child.kill('SIGKILL'));
    const { url } = (await nextSaid(child)) as { url: string };
    const scrape = async () => {
      const text = (await askOver(url, {})).body.toString();
      const value = (name: string) =>
        Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN);
      return { turns: value('turns_total'), asked: value('asked') };
    };
    // Once when it was set, and once for the scrape.
    deepEqual(await scrape(), { turns: 0, asked: 2 });
    let blocked = true;
    const unblocked = nextSaid(child).finally(() => {
      blocked = false;
    });
    child.send(5000);
    const scrapes: { turns: number; asked: number }[] = [];
    while (blocked) {
      scrapes.push(await scrape());
      await delay(200);
    }
    const { counted } = (await unblocked) as { counted: number };
    // Some begin before it is blocked, and one may end after.
    const during = scrapes.filter(({ turns }) => turns > 0 && turns < counted);
    const turns = during.map((scrape) => scrape.turns);
    deepEqual(
      turns,
      [...turns].sort((a, b) => a - b),
    );
    // Not each of them: a machine that is busy may not let it turn between two.
    ok(new Set(turns).size >= 5, `${turns}`);
    equal(new Set(during.map(({ asked }) => asked)).size, 1);
    const after = await scrape();
    equal(after.turns, counted);
    ok(after.asked > during[0]!.asked);
    // Not killed: it takes its directory with it.
    child.disconnect();
    deepEqual(await once(child, 'exit'), [0, null]);
  });
});
