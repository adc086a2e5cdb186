import { deepEqual, equal } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Prometheus, prometheusName, withoutPrometheus } from './prometheus.ts';
import { Service } from './service.ts';
import type { Piece } from './service-process.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

const SIZE = 4;

/** Starts `promethium serve` and returns it with the address at which it is scraped. */
async function serve(directory: string): Promise<[ChildProcess, string]> {
  const args = [PROGRAM, 'serve', '--dir', directory, '--port', '0', '--host', '127.0.0.1'];
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(program.stdout!.setEncoding('utf8'), 'data')) as [string];
  return [program, /http:\/\/([^/]+)\/metrics\n$/.exec(line)?.[1] ?? line];
}

/** Work whose sums are exact in whatever order they come. */
function work(place: number): Piece[] {
  return Array.from({ length: 20 + place }, (_, i) => ({
    route: `/${i % 3}`,
    seconds: i / 4,
    bytes: 1000 * place + i,
    open: place,
  }));
}

describe(`promethium serve beside ${SIZE} processes, scraped by ${prometheusName}`, {
  skip: withoutPrometheus,
}, () => {
  const pieces: Piece[] = [];
  let service: Service;
  let program: ChildProcess;
  let prometheus: Prometheus;

  before(async () => {
    service = await Service.start(SIZE);
    const [served, address] = await serve(service.folder);
    program = served;
    prometheus = await Prometheus.start({ served: [address], first: [service.addresses[0]!] });
  });

  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    program?.kill('SIGKILL');
    await service?.[Symbol.asyncDispose]();
  });

  it('shows what a process of the service shows', async () => {
    const all = Array.from({ length: SIZE }, (_, place) => service.count(place, work(place)));
    pieces.push(...(await Promise.all(all)).flat());
    await Promise.all([prometheus.scraped('served'), prometheus.scraped('first')]);
    const shown = await prometheus.query('{job="served"}');
    deepEqual(shown, await prometheus.query('{job="first"}'));
    deepEqual(
      shown.filter(([name]) => name === 'requests_total'),
      ['/0', '/1', '/2'].map((route) => [
        'requests_total',
        { route },
        pieces.filter((piece) => piece.route === route).length,
      ]),
    );
    deepEqual(await prometheus.metadata('served'), await prometheus.metadata('first'));
  });

  it('shows what was counted by a service that is gone to the last process', async () => {
    for (let place = 0; place < SIZE; place++) await service.kill(place);
    await prometheus.scraped('served');
    const sum = (expression: string) => prometheus.value(`sum(${expression}{job="served"})`);
    equal(await sum('requests_total'), pieces.length);
    equal(await sum('request_seconds_count'), pieces.length);
    equal(
      await sum('request_bytes_sum'),
      pieces.reduce((bytes, piece) => bytes + piece.bytes, 0),
    );
    equal(await sum('open_ever'), 0 + 1 + 2 + 3);
    deepEqual(await prometheus.query('open_now{job="served"}'), []);
  });
});
