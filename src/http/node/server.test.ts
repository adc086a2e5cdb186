import { equal, match, ok, rejects } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askOver, httpContract } from '../../../test/contracts/http.ts';
import { countedBy } from '../../../test/contracts/http-crowd.ts';
import { gauges, LargeSource, PendingSource } from '../../../test/contracts/http-sources.ts';
import { CollectorRegistry } from '../../metrics/registry/registry.ts';
import { type HttpServerOptions, type MetricsServer, startHttpServer } from './index.ts';

const UP = '# HELP up Numbers.\n# TYPE up gauge\nup{n="0"} 0\n';

function start(options: HttpServerOptions = {}): Promise<MetricsServer> {
  const registry = { collect: () => [gauges('up', 1)] };
  return startHttpServer({ port: 0, host: '127.0.0.1', registry, ...options });
}

httpContract('startHttpServer', async (options) => {
  const server = await start(options);
  return {
    ask: (question) => askOver(server.url, question),
    [Symbol.asyncDispose]: () => server.close(),
  };
});

async function textAt(url: string, headers: Record<string, string> = {}): Promise<string> {
  const { status, body } = await askOver(url, { headers });
  return `${status} ${body}`;
}

describe('startHttpServer', { timeout: 30_000 }, () => {
  it('says where it listens', async () => {
    await using server = await start();
    ok(server.port > 0);
    equal(server.host, '127.0.0.1');
    equal(server.url, `http://127.0.0.1:${server.port}/metrics`);
    equal(await (await fetch(server.url)).text(), UP);
  });

  it('listens on every address unless told otherwise, and says how to reach it', async () => {
    const registry = { collect: () => [gauges('up', 1)] };
    await using server = await startHttpServer({ port: 0, registry });
    match(server.host, /^(::|0\.0\.0\.0)$/);
    equal(server.url, `http://localhost:${server.port}/metrics`);
    equal(await textAt(`http://127.0.0.1:${server.port}/metrics`), `200 ${UP}`);
  });

  it('answers path by path', async () => {
    await using server = await start({ path: '/a/metrics' });
    const root = server.url.replace('/a/metrics', '');
    const nothing = '404 Nothing is here. The metrics are at /a/metrics.\n';
    const page =
      '<!doctype html><html lang="en"><title>Metrics</title><a href="/a/metrics">Metrics</a></html>\n';
    equal(await textAt(`${root}/a/metrics?x`), `200 ${UP}`);
    equal(await textAt(`${root}/`), `200 ${page}`);
    equal(await textAt(`${root}/-/healthy`), '200 Healthy.\n');
    for (const path of ['/metrics', '/a/metrics/', '/a', '/A/metrics', '/favicon.ico', '//']) {
      equal(await textAt(root + path), nothing);
    }
  });

  it('counts itself where it is told to, at the path of the metrics alone', async () => {
    const metrics = new CollectorRegistry();
    await using server = await start({ metrics });
    for (const path of ['/', '/-/healthy', '/metrics', '/nothing']) {
      await textAt(server.url.replace('/metrics', path));
    }
    equal((await countedBy(metrics))[0], 'promhttp_metric_handler_requests_total{code="200"} 1');
  });

  it('keeps to the methods on every path', async () => {
    await using server = await start();
    for (const path of ['/', '/-/healthy']) {
      const url = server.url.replace('/metrics', path);
      equal((await askOver(url, { method: 'POST' })).status, 405);
      equal((await askOver(url, { method: 'OPTIONS' })).headers['allow'], 'GET, HEAD, OPTIONS');
      const { status, body } = await askOver(url, { method: 'HEAD' });
      equal(`${status} ${body}`, '200 ');
    }
    const { status, body } = await askOver(`${server.url}x`, { method: 'HEAD' });
    equal(`${status} ${body}`, '404 ');
  });

  it('serves the metrics at / where that is their path', async () => {
    await using server = await start({ path: '/' });
    equal(await textAt(server.url), `200 ${UP}`);
  });

  it('asks for the credential everywhere but at /-/healthy', async () => {
    await using server = await start({ bearerToken: 'secret' });
    const root = server.url.replace('/metrics', '');
    const refusal = '401 These metrics are shown to those who know the password or token.\n';
    for (const path of ['/metrics', '/', '/nothing']) equal(await textAt(root + path), refusal);
    equal(await textAt(`${root}/-/healthy`), '200 Healthy.\n');
    const headers = { authorization: 'Bearer secret' };
    equal(await textAt(`${root}/metrics`, headers), `200 ${UP}`);
    match(await textAt(`${root}/nothing`, headers), /^404 /);
  });

  it('reads a query as long as it is allowed to be', async () => {
    await using server = await start();
    equal(await textAt(`${server.url}?a=${'x'.repeat(65_534)}`), `200 ${UP}`);
    match(await textAt(`${server.url}?a=${'x'.repeat(65_535)}`), /^414 /);
    match(await textAt(`${server.url}?a=${'x'.repeat(90_000)}`), /^431 /);
  });

  it('reads the target as proxies send it', async () => {
    await using server = await start();
    const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
    socket.write(
      'GET http://example.com/metrics?x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
    );
    let text = '';
    for await (const part of socket) text += part;
    match(text, /^HTTP\/1\.1 200 OK\r\n/);
  });

  it('says that a port is taken, in words and with the cause', async () => {
    await using server = await start();
    await rejects(start({ port: server.port }), (error: Error & { code: string }) => {
      equal(error.name, 'MetricsError');
      equal(error.code, 'LISTEN_FAILED');
      equal(
        error.message,
        `http server "127.0.0.1:${server.port}": cannot listen, expected a free port, got EADDRINUSE`,
      );
      equal((error.cause as NodeJS.ErrnoException).code, 'EADDRINUSE');
      return true;
    });
  });

  it('says that a host is not of this machine', async () => {
    // 192.0.2.0/24 is for documentation: no machine has it.
    await rejects(start({ host: '192.0.2.1', port: 1 }), {
      code: 'LISTEN_FAILED',
      message:
        'http server "192.0.2.1:1": cannot listen, expected an address of this machine, got EADDRNOTAVAIL',
    });
  });

  it('rejects where an option is wrong, before it listens', async () => {
    await rejects(start({ port: -1 }), {
      name: 'RangeError',
      message:
        'http server "127.0.0.1:-1": port is out of range, expected an integer from 0 to 65535, got -1',
    });
  });

  for (const unref of [true, false]) {
    it(`${unref ? 'lets the process end where told to' : 'keeps the process alive'}`, async () => {
      const module = new URL('./index.ts', import.meta.url);
      const script = `
        import { startHttpServer } from ${JSON.stringify(module.href)};
        const server = await startHttpServer({ port: 0, host: '127.0.0.1', unref: ${unref} });
        await (await fetch(server.url)).text();
        process.once('beforeExit', () => console.log('left alone'));
        setImmediate(() => console.log('idle'));
        process.once('SIGTERM', () => server.close().then(() => console.log('closed')));`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (!unref && said === 'idle\n') child.kill();
      });
      const [status] = await once(child, 'close');
      equal(said, unref ? 'idle\nleft alone\n' : 'idle\nclosed\nleft alone\n');
      equal(status, 0);
    });
  }
});

describe('MetricsServer.close', { timeout: 30_000 }, () => {
  // Longer than the tests may take, so that what waits for it fails.
  const closeTimeoutMs = 60_000;

  it('refuses new connections from then on', async () => {
    const server = await start();
    await server.close();
    await rejects(askOver(server.url, {}), { code: 'ECONNREFUSED' });
  });

  it('may be called again, and shares the promise', async () => {
    const server = await start();
    const closed = server.close();
    equal(server.close(), closed);
    await closed;
    equal(server.close(), closed);
  });

  it('ends connections that are kept alive, and those that never asked', async () => {
    const server = await start({ closeTimeoutMs });
    const agent = new Agent({ keepAlive: true });
    const [response] = (await once(get(server.url, { agent }), 'response')) as [IncomingMessage];
    const ended = Promise.all([once(response.socket, 'close'), once(response.resume(), 'end')]);
    const silent = await connected(server.port);
    await server.close();
    await Promise.all([ended, once(silent.resume(), 'close')]);
    agent.destroy();
  });

  it('waits for a scrape that runs, and closes its connection after it', async () => {
    const registry = new PendingSource();
    const server = await start({ registry, closeTimeoutMs });
    const agent = new Agent({ keepAlive: true });
    const asked = get(server.url, { agent });
    const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
    await registry.asked;
    let closed = false;
    const closing = server.close().then(() => {
      closed = true;
    });
    await rejects(askOver(server.url, {}), { code: 'ECONNREFUSED' });
    equal(closed, false);
    registry.give(gauges('up', 1));
    const [response] = await answered;
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    equal(text, UP);
    await closing;
    agent.destroy();
  });

  it('waits for a body that is being sent, and closes its connection after it', async () => {
    const registry = new LargeSource(1_000_000);
    const server = await start({ registry, closeTimeoutMs });
    const agent = new Agent({ keepAlive: true });
    const [response] = (await once(get(server.url, { agent }), 'response')) as [IncomingMessage];
    const closing = server.close();
    let text = '';
    for await (const part of response.setEncoding('latin1')) text = part;
    ok(text.endsWith('large{n="999999"} 999999\n'));
    await closing;
    agent.destroy();
  });

  it('cuts off a scrape that does not end in time', async () => {
    const registry = new LargeSource(100_000_000);
    const server = await start({ registry, closeTimeoutMs: 1 });
    const socket = await connected(server.port);
    socket.write('GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n');
    await once(socket, 'readable');
    await server.close();
    await registry.released;
    socket.destroy();
  });
});

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
