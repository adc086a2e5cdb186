/** A service of several processes that share a folder, each behind an address that outlives it. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Piece, Report } from './service-process.ts';

/** The running service. Dispose of it, and nothing is left of it. */
export class Service implements AsyncDisposable {
  /** Where each process is scraped: `127.0.0.1:40000`. The address of one that was replaced stays. */
  readonly addresses: readonly string[];
  /** The folder that the processes share. */
  readonly folder: string;
  readonly #processes: ServiceProcess[];
  readonly #servers: readonly Server[];

  /** Starts a service of so many processes. */
  static async start(size: number): Promise<Service> {
    const folder = mkdtempSync(join(tmpdir(), 'promethium-service-'));
    const places = Array.from({ length: size });
    const processes = await Promise.all(places.map(() => ServiceProcess.start(folder)));
    const servers = places.map((_, place) => forwarding(() => processes[place]!.port));
    await Promise.all(servers.map((server) => once(server, 'listening')));
    return new Service(folder, processes, servers);
  }

  private constructor(folder: string, processes: ServiceProcess[], servers: readonly Server[]) {
    this.folder = folder;
    this.#processes = processes;
    this.#servers = servers;
    this.addresses = servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** Has a process count its work, and returns what it has acknowledged: all of it. */
  count(place: number, work: readonly Piece[]): Promise<readonly Piece[]> {
    return this.#processes[place]!.count(work);
  }

  /** Kills a process with SIGKILL, without a word before, and waits until it is gone. */
  async kill(place: number): Promise<void> {
    await this.#processes[place]!.kill();
  }

  /**
   * Hands a process more work than it can do before it has acknowledged so many pieces, which is
   * when it is killed. Returns how many it has acknowledged at last.
   */
  killAtWork(place: number, work: readonly Piece[], after: number): Promise<number> {
    return this.#processes[place]!.killAtWork(work, after);
  }

  /** Starts a process in the place of one that was killed. */
  async replace(place: number): Promise<void> {
    this.#processes[place] = await ServiceProcess.start(this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
    await Promise.all(this.#processes.map((process) => process.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One of the processes. */
class ServiceProcess {
  readonly port: number;
  readonly #process: ChildProcess;

  static async start(folder: string): Promise<ServiceProcess> {
    const child = fork(join(import.meta.dirname, 'service-process.ts'), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { ...process.env, PROMETHEUS_MULTIPROC_DIR: folder },
    });
    const report = await nextReport(child);
    if ('port' in report) return new ServiceProcess(child, report.port);
    throw new Error(`service process ${child.pid}: counted before it was asked to`);
  }

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.port = port;
  }

  async count(work: readonly Piece[]): Promise<readonly Piece[]> {
    const counted: Piece[] = [];
    for (const [id, piece] of work.entries()) {
      const answer = nextReport(this.#process);
      this.#process.send({ id, ...piece });
      const report = await answer;
      if ('counted' in report && report.counted === id) counted.push(piece);
    }
    return counted;
  }

  async killAtWork(work: readonly Piece[], after: number): Promise<number> {
    let counted = 0;
    // What it said before it died may be read after it has.
    const gone = Promise.all([once(this.#process, 'exit'), once(this.#process, 'disconnect')]);
    this.#process.on('message', (report: Report) => {
      if ('counted' in report) counted++;
      if (counted === after) this.#process.kill('SIGKILL');
    });
    for (const [id, piece] of work.entries()) {
      // What does not reach it any more is an error that says so.
      this.#process.send({ id, ...piece }, () => {});
    }
    await gone;
    return counted;
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}

/** The next thing that a process says, or an error where it ends without a word. */
async function nextReport(child: ChildProcess): Promise<Report> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    const [said] = (await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code, name]) => {
        throw new Error(
          `service process ${child.pid}: has ended, expected a report, got ${code ?? name}`,
        );
      }),
    ])) as [Report];
    return said;
  } finally {
    settled.abort();
  }
}

/** Passes requests on to whoever has the place now, so that its successor has the same address. */
function forwarding(port: () => number): Server {
  return createServer(({ url = '/', method = 'GET', headers }, response) => {
    const passed = request({ host: '127.0.0.1', port: port(), path: url, method, headers });
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.writeHead(502).end());
    passed.end();
  }).listen(0, '127.0.0.1');
}
