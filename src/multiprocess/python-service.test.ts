import { deepEqual } from 'node:assert/strict';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type PythonValue, pythonFile } from '../../test/processes/python-files.ts';
import { lines, open } from '../../test/processes/storage.ts';
import { type Ending, temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { warnings } from '../../test/processes/warnings.ts';
import { CollectorRegistry, Counter, Gauge, Histogram, toOpenMetrics } from '../index.ts';
import type { MultiprocessMode } from '../model/cells.ts';
import type { MultiprocessStorage } from './multiprocess-storage.ts';

/** A process of ours in a folder, and what Python's processes put there beside it. */
class Service {
  readonly directory: string;
  readonly registry: CollectorRegistry;
  readonly #storage: MultiprocessStorage;
  readonly #begun: number;

  constructor(context: Ending) {
    this.directory = temporaryFolder(context);
    this.#storage = open(context, { directory: this.directory, mapper: 'write-behind' });
    this.registry = new CollectorRegistry({ storage: this.#storage });
    this.#begun = Date.now();
  }

  /** As a process that begins after ours. The clock of file systems lags behind by some milliseconds. */
  python(name: string, values: readonly PythonValue[]): void {
    const probe = join(this.directory, 'probe');
    do writeFileSync(probe, '');
    while (statSync(probe).mtimeMs <= this.#begun);
    writeFileSync(join(this.directory, name), pythonFile(values));
  }

  async lines(): Promise<string[]> {
    return lines(await this.#storage.collect());
  }

  gauge(multiprocessMode: MultiprocessMode): Gauge {
    return new Gauge({ name: 'queue', help: 'Queue.', multiprocessMode, registry: this.registry });
  }
}

const QUEUE: PythonValue = { family: 'queue', sample: 'queue', help: 'Queue.', value: 4 };

describe('a service of Python and Node processes', () => {
  it('counts one counter, and keeps the unit and help that Python may not write', async (context) => {
    const service = new Service(context);
    const counter = new Counter({
      name: 'sent_bytes',
      help: 'Sent.',
      unit: 'bytes',
      labelNames: ['to', 'by'],
      registry: service.registry,
    });
    counter.labels('x', 'y').inc(2);
    const sent = { family: 'sent_bytes', sample: 'sent_bytes_total', labels: { by: 'y', to: 'x' } };
    service.python('counter_1.db', [{ ...sent, help: 'Sent.', value: 1 }]);
    // As releases before 0.15 do.
    service.python('counter_2.db', [{ ...sent, value: 2 }]);
    deepEqual((await toOpenMetrics(service.registry)).split('\n'), [
      '# TYPE sent_bytes counter',
      '# UNIT sent_bytes bytes',
      '# HELP sent_bytes Sent.',
      'sent_bytes_total{by="y",to="x"} 5',
      '# EOF',
      '',
    ]);
  });

  it('merges gauges by their modes', async (context) => {
    for (const [mode, expected] of [
      ['sum', ['queue{} 11']],
      ['livemax', ['queue{} 7']],
      ['min', ['queue{} 4']],
      ['all', [`queue{"pid":"${process.pid}"} 7`, 'queue{"pid":"py"} 4']],
    ] as const) {
      const service = new Service(context);
      service.gauge(mode).set(7);
      service.python(`gauge_${mode}_py.db`, [QUEUE]);
      deepEqual(await service.lines(), expected, mode);
    }
  });

  it('shows what was set last, in whichever language', async (context) => {
    const service = new Service(context);
    const gauge = service.gauge('mostrecent');
    const now = Date.now() / 1000;
    gauge.set(7);
    service.python('gauge_mostrecent_1.db', [{ ...QUEUE, time: now - 60 }]);
    deepEqual(await service.lines(), ['queue{} 7']);
    service.python('gauge_mostrecent_1.db', [{ ...QUEUE, time: now + 60 }]);
    deepEqual(await service.lines(), ['queue{} 4']);
  });

  it('fills the buckets of one histogram', async (context) => {
    const service = new Service(context);
    const buckets = [1, 2];
    const histogram = new Histogram({ name: 'h', help: 'H.', buckets, registry: service.registry });
    histogram.observe(1.5);
    const bucket = { family: 'h', sample: 'h_bucket', help: 'H.' };
    service.python('histogram_1.db', [
      { family: 'h', sample: 'h_sum', help: 'H.', value: 10 },
      { ...bucket, labels: { le: '1.0' }, value: 3 },
      { ...bucket, labels: { le: '2.0' }, value: 1 },
      { ...bucket, labels: { le: '+Inf' }, value: 1 },
    ]);
    deepEqual(await service.lines(), [
      'h_bucket{"le":"1.0"} 3',
      'h_bucket{"le":"2.0"} 5',
      'h_bucket{"le":"+Inf"} 6',
      'h_sum{} 11.5',
      'h_count{} 6',
    ]);
  });

  it('leaves out what has another type than the newest says, and counts it', async (context) => {
    const service = new Service(context);
    service.python('counter_1.db', [{ ...QUEUE, sample: 'queue_total' }]);
    service.python('gauge_max_1.db', [QUEUE]);
    deepEqual(await service.lines(), [
      'promethium_disagreeing_declarations{"family":"queue","aspect":"type"} 1',
      'queue{} 4',
    ]);
  });

  it('goes on beside a file that is damaged, and removes none', async (context) => {
    const said = warnings(context);
    const service = new Service(context);
    service.gauge('sum').set(1);
    service.python('gauge_sum_1.db', [QUEUE]);
    const damaged = join(service.directory, 'gauge_sum_2.db');
    writeFileSync(damaged, '');
    utimesSync(damaged, 0, 0);
    const expected = ['promethium_unreadable_files{"reason":"empty"} 1', 'queue{} 5'];
    deepEqual(await service.lines(), expected);
    deepEqual(await service.lines(), expected);
    await setImmediate();
    deepEqual(said, [`FILE_CORRUPT: file "${damaged}": is empty, expected 8 bytes or more, got 0`]);
    const python = readdirSync(service.directory).filter((name) => name.endsWith('.db'));
    deepEqual(python.sort(), ['gauge_sum_1.db', 'gauge_sum_2.db']);
  });
});
