import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../test/oracle/until.ts';
import { count, open } from '../../test/processes/storage.ts';
import { type Ending, temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { HELP } from './help.ts';

const PROGRAM = join(import.meta.dirname, 'main.ts');

const SEVEN =
  '# HELP requests_total Requests answered.\n# TYPE requests_total counter\nrequests_total{path="/"} 7\n';

const withoutOpenssl =
  spawnSync('openssl', ['version']).status === 0
    ? false
    : 'needs the program openssl, which makes the certificates';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program, running. */
class Program {
  readonly process: ChildProcess;
  readonly #ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(context: Ending, args: readonly string[], env: Record<string, string> = {}) {
    const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...inherited } = process.env;
    this.process = spawn(process.execPath, [PROGRAM, ...args], { env: { ...inherited, ...env } });
    context.after(() => void this.process.kill('SIGKILL'));
    this.process.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#ended = once(this.process, 'close').then(([code]) => ({
      code,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  /** Waits for the line that says where the metrics are, and returns the address in it. */
  async url(): Promise<string> {
    const ended = this.#ended.then(({ stderr }) => {
      throw new Error(`program: has ended, expected it to serve, got ${stderr}`);
    });
    while (!this.#stdout.includes('\n')) {
      await Promise.race([once(this.process.stdout!, 'data'), ended]);
    }
    ended.catch(() => {});
    return /^Serving .* at (.*)\n$/.exec(this.#stdout)?.[1] ?? this.#stdout;
  }

  /** Waits until it has ended. */
  ended(): Promise<Ended> {
    return this.#ended;
  }
}

async function textAt(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

describe('promethium serve', { timeout: 60_000 }, () => {
  it('makes no file of its own', async (t) => {
    const directory = temporaryFolder(t);
    count(open(t, { directory }), '/', 7);
    const files = readdirSync(directory);
    const program = new Program(t, ['serve', '--dir', directory, '--port', '0']);
    equal(await textAt(await program.url()), SEVEN);
    program.process.kill('SIGTERM');
    equal((await program.ended()).code, 0);
    deepEqual(readdirSync(directory), files);
  });

  it('shows what others count and counted, and changes nothing where it is told to', async (t) => {
    const directory = temporaryFolder(t);
    const gone = open(t, { directory });
    count(gone, '/', 3);
    gone.close();
    const living = open(t, { directory });
    count(living, '/', 4);
    const files = readdirSync(directory);
    const program = new Program(t, ['serve', '--dir', directory, '--port', '0', '--read-only']);
    const url = await program.url();
    match(url, /^http:\/\/localhost:\d+\/metrics$/);
    equal(await textAt(url), SEVEN);
    equal(await textAt(`${url}?name[]=nothing`), '');
    deepEqual(readdirSync(directory), files);
    program.process.kill('SIGTERM');
    deepEqual(await program.ended(), {
      code: 0,
      stdout: `Serving ${directory} at ${url}\n`,
      stderr: '',
    });
  });

  it('folds together what dead processes left', async (t) => {
    const directory = temporaryFolder(t);
    for (const amount of [1, 2, 4]) {
      const gone = open(t, { directory });
      count(gone, '/', amount);
      gone.close();
    }
    const files = readdirSync(directory);
    const url = await new Program(t, ['serve', '--dir', directory, '--port', '0']).url();
    equal(await textAt(url), SEVEN);
    const left = () => files.filter((file) => existsSync(join(directory, file)));
    await until('the files are folded', () => (left().length === 0 ? true : undefined), {
      withinMs: 10_000,
      instead: () => left().length,
    });
    equal(await textAt(url), SEVEN);
  });

  it('waits for a directory that is not there yet, and does not make it', async (t) => {
    const directory = join(temporaryFolder(t), 'later', 'metrics');
    const environment = { PROMETHEUS_MULTIPROC_DIR: directory };
    const program = new Program(t, ['serve', '--port', '0', '--host', '127.0.0.1'], environment);
    const url = await program.url();
    match(url, /^http:\/\/127\.0\.0\.1:/);
    equal(await textAt(url), '');
    deepEqual(readdirSync(join(directory, '..', '..')), []);
    count(open(t, { directory }), '/', 7);
    equal(await textAt(url), SEVEN);
    program.process.kill('SIGINT');
    equal((await program.ended()).code, 0);
  });

  it('serves at the path it is told', async (t) => {
    const args = ['serve', '--dir', temporaryFolder(t), '--port', '0', '--path', '/of/all'];
    const url = await new Program(t, args).url();
    match(url, /\/of\/all$/);
    equal((await fetch(url)).status, 200);
    equal((await fetch(url.replace('of/all', 'metrics'))).status, 404);
    equal(await textAt(url.replace('of/all', '-/healthy')), 'Healthy.\n');
  });

  it('asks for the token that is in a file', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'token');
    writeFileSync(file, 'secret\n');
    const args = ['serve', '--dir', folder, '--port', '0', '--bearer-token-file', file];
    const url = await new Program(t, args).url();
    equal((await fetch(url)).status, 401);
    const headers = { authorization: 'Bearer secret' };
    equal((await fetch(url, { headers })).status, 200);
  });

  it('speaks TLS with the certificate that is in files', { skip: withoutOpenssl }, async (t) => {
    const folder = temporaryFolder(t);
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const output = ['-nodes', '-keyout', key, '-out', cert];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...name, ...output], { stdio: 'pipe' });
    const tls = ['--tls-cert', cert, '--tls-key', key, '--tls-client-ca', cert];
    const args = ['serve', '--dir', folder, '--port', '0', ...tls];
    const url = await new Program(t, args).url();
    match(url, /^https:/);
    const own = { cert: readFileSync(cert), key: readFileSync(key) };
    const asked = get(url, { ca: own.cert, ...own, agent: false });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    equal(response.resume().statusCode, 200);
    const stranger = get(url, { ca: own.cert, agent: false });
    await rejects(once(stranger, 'response'));
  });

  it('says in one line that a file cannot be read, and exits with 1', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'none');
    const args = ['serve', '--dir', folder, '--bearer-token-file', file];
    deepEqual(await new Program(t, args).ended(), {
      code: 1,
      stdout: '',
      stderr: `promethium "--bearer-token-file": cannot be read, expected a file, got ENOENT for "${file}"\n`,
    });
  });

  it('ends although somebody stays connected who asks for nothing', async (t) => {
    const program = new Program(t, ['serve', '--dir', temporaryFolder(t), '--port', '0']);
    const socket = connect(Number(new URL(await program.url()).port), '127.0.0.1');
    await once(socket, 'connect');
    program.process.kill('SIGTERM');
    equal((await program.ended()).code, 0);
    socket.destroy();
  });

  it('says in one line that a port is taken, and exits with 1', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => void other.close());
    const { port } = other.address() as { port: number };
    const args = ['--dir', temporaryFolder(t), '--port', String(port), '--host', '127.0.0.1'];
    deepEqual(await new Program(t, ['serve', ...args]).ended(), {
      code: 1,
      stdout: '',
      stderr: `http server "127.0.0.1:${port}": cannot listen, expected a free port, got EADDRINUSE\n`,
    });
  });

  it('says in one line that a directory is none, and exits with 1', async (t) => {
    const file = join(temporaryFolder(t), 'file');
    writeFileSync(file, '');
    deepEqual(await new Program(t, ['serve', '--dir', file]).ended(), {
      code: 1,
      stdout: '',
      stderr: `directory "${file}": cannot be used, expected one to read, got a file\n`,
    });
  });

  it('says in one line what is wrong with its options, and exits with 2', async (t) => {
    const wrong = {
      '--port 65536':
        'http server "*:65536": port is out of range, expected an integer from 0 to 65535, got 65536\n',
      '--path metrics':
        'http server "*:9464": path cannot be served, expected a path such as "/metrics", got "metrics"\n',
      '--prot 1':
        'promethium "--prot": unknown option, expected --dir, --port, --host, --path, --bearer-token-file, --tls-cert, --tls-key, --tls-client-ca, --read-only, --help, --version, got "--prot"\n',
    };
    const ended = Object.keys(wrong).map((options) =>
      new Program(t, ['serve', '--dir', tmpdir(), ...options.split(' ')]).ended(),
    );
    const expected = Object.values(wrong).map((stderr) => ({ code: 2, stdout: '', stderr }));
    deepEqual(await Promise.all(ended), expected);
  });

  it('prints its help', async (t) => {
    deepEqual(await new Program(t, []).ended(), { code: 0, stdout: `${HELP}\n`, stderr: '' });
  });
});
