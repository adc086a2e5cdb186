import { equal, match, rejects, throws } from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { gauges, LargeSource } from '../../../test/contracts/http-sources.ts';
import { open } from '../../../test/processes/storage.ts';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { CollectorRegistry } from '../../metrics/registry/registry.ts';
import { Gauge } from '../../node.ts';
import { type MetricsServer, startHttpServer, type TlsOptions } from './index.ts';
import { toServerSettings } from './server-options.ts';

const UP = '# HELP up Numbers.\n# TYPE up gauge\nup{n="0"} 0\n';

interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Makes certificates with the program `openssl`, in a folder that is removed at the end. */
class Authority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'promethium-tls-'));
  readonly cert: string;

  constructor() {
    this.#openssl('req', '-x509', ...this.#newKey('ca'), '-subj', '/CN=ca', '-out', 'ca.crt');
    this.cert = this.#read('ca.crt');
  }

  issue(name: string): Identity {
    this.#openssl('req', ...this.#newKey(name), '-subj', `/CN=${name}`, '-out', `${name}.csr`);
    writeFileSync(join(this.#folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
    this.#openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-out', `${name}.crt`);
    return { cert: this.#read(`${name}.crt`), key: this.#read(`${name}.key`) };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #newKey(name: string): string[] {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    return [...curve, '-nodes', '-keyout', `${name}.key`];
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe' });
  }
}

const openssl = spawnSync('openssl', ['version']).status === 0;
const skip = openssl ? false : 'needs the program openssl, which makes the certificates';

describe('startHttpServer with TLS', { skip, timeout: 30_000 }, () => {
  const authority = new Authority();
  const stranger = new Authority();
  const server = authority.issue('server');
  const client = authority.issue('client');
  after(() => {
    authority.remove();
    stranger.remove();
  });

  function start(tls: Partial<TlsOptions> = {}): Promise<MetricsServer> {
    const registry = { collect: () => [gauges('up', 1)] };
    return startHttpServer({ port: 0, host: '127.0.0.1', registry, tls: { ...server, ...tls } });
  }

  async function ask(url: string, options: RequestOptions = {}): Promise<string> {
    const request = get(url, { ca: authority.cert, agent: false, ...options });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    return text;
  }

  /** The alert of the handshake, or the end of the connection where the client had no time for it. */
  async function refused(asked: Promise<string>): Promise<void> {
    await rejects(asked, { code: /^(ERR_SSL_TLSV1\w*_ALERT_\w+|EPROTO|ECONNRESET|EPIPE)$/ });
  }

  it('serves over TLS, and says so in its URL', async () => {
    await using started = await start();
    equal(started.url, `https://127.0.0.1:${started.port}/metrics`);
    equal(await ask(started.url), UP);
  });

  it('takes PEM as bytes', async () => {
    await using started = await start({ cert: Buffer.from(server.cert) });
    equal(await ask(started.url), UP);
  });

  it('serves over TLS from a thread as well, to those it is told to trust', async (t) => {
    const registry = new CollectorRegistry({ storage: open(t, { directory: temporaryFolder(t) }) });
    new Gauge({ name: 'up', help: 'Numbers.', multiprocessMode: 'sum', registry });
    const tls = { cert: Buffer.from(server.cert), key: server.key, clientCa: authority.cert };
    const options = { port: 0, host: '127.0.0.1', thread: true, registry, tls };
    await using started = await startHttpServer(options);
    equal(started.url, `https://127.0.0.1:${started.port}/metrics`);
    equal(await ask(started.url, client), '# HELP up Numbers.\n# TYPE up gauge\nup 0\n');
    await refused(ask(started.url));
  });

  it('is not believed by clients that trust another authority', async () => {
    await using started = await start();
    await rejects(ask(started.url, { ca: stranger.cert }), {
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  it('does not answer without TLS', async () => {
    await using started = await start();
    const socket = connectPlain(started.port, '127.0.0.1').setEncoding('latin1');
    socket.write('GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n');
    let text = '';
    try {
      for await (const part of socket) text += part;
    } catch (error) {
      equal((error as NodeJS.ErrnoException).code, 'ECONNRESET');
    }
    equal(text, '');
  });

  it('speaks TLS 1.2 and nothing older, or what it is told to', async () => {
    await using started = await start();
    await using newer = await start({ minVersion: 'TLSv1.3' });
    equal(toServerSettings({ tls: server }).tls?.minVersion, 'TLSv1.2');
    // Security level 0: else a client of today does not even offer the old version.
    const old = {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    } as const;
    await refused(ask(started.url, old));
    equal(await ask(started.url, { maxVersion: 'TLSv1.2' }), UP);
    await refused(ask(newer.url, { maxVersion: 'TLSv1.2' }));
    equal(await ask(newer.url), UP);
  });

  it('lets in the clients of its authority, and no others', async () => {
    await using started = await start({ clientCa: authority.cert });
    equal(await ask(started.url, client), UP);
    await refused(ask(started.url));
    await refused(ask(started.url, stranger.issue('client')));
    equal(await ask(started.url, client), UP);
  });

  it('asks for a password besides where both are set up', async () => {
    const registry = { collect: () => [gauges('up', 1)] };
    const tls = { ...server, clientCa: authority.cert };
    const options = { port: 0, host: '127.0.0.1', bearerToken: 'secret', registry, tls };
    await using started = await startHttpServer(options);
    match(await ask(started.url, client), /^These metrics are shown to those who know/);
    equal(await ask(started.url, { ...client, headers: { authorization: 'Bearer secret' } }), UP);
  });

  it('closes at once though a client is idle, and another still shakes hands', async () => {
    const registry = { collect: () => [gauges('up', 1)] };
    // Longer than the tests may take, so that what waits for it fails.
    const waiting = { port: 0, registry, tls: server, closeTimeoutMs: 60_000 };
    const started = await startHttpServer(waiting);
    const options = { port: started.port, host: '127.0.0.1', ca: authority.cert };
    const idle = connect(options).on('error', () => {});
    await once(idle, 'secureConnect');
    const shaking = connectPlain(options).on('error', () => {});
    await once(shaking, 'connect');
    const ended = Promise.all([once(idle.resume(), 'close'), once(shaking.resume(), 'close')]);
    await started.close();
    await ended;
  });

  it('cuts off a scrape that does not end in time', async () => {
    const registry = new LargeSource(100_000_000);
    const options = { port: 0, host: '127.0.0.1', registry, tls: server, closeTimeoutMs: 1 };
    const started = await startHttpServer(options);
    const request = get(started.url, { ca: authority.cert, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const cut = rejects(once(response, 'end'), { code: 'ECONNRESET' });
    await started.close();
    await registry.released;
    response.resume();
    await cut;
  });

  it('says that a certificate and a key do not belong together, and shows neither', () => {
    throws(
      () => toServerSettings({ tls: { cert: server.cert, key: client.key } }),
      (error: Error) => {
        equal(error.name, 'RangeError');
        equal(
          error.message,
          'http server "*:9464": tls cannot be used, expected a certificate with its key, got ERR_OSSL_X509_KEY_VALUES_MISMATCH',
        );
        match(String(error.cause), /key values mismatch/);
        return true;
      },
    );
  });

  it('refuses a version of TLS that there is not', () => {
    throws(() => toServerSettings({ tls: { ...server, minVersion: 'TLSv2' as 'TLSv1.3' } }), {
      name: 'RangeError',
      message:
        'http server "*:9464": tls.minVersion is unknown, expected a version such as TLSv1.2, got "TLSv2"',
    });
  });
});
