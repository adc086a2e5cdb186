import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { ManualClock } from '../../test/manual-clock.ts';
import { open } from '../../test/processes/storage.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { warnings } from '../../test/processes/warnings.ts';
import { toOpenMetrics } from '../exposition/index.ts';
import { Histogram } from '../metrics/histograms/histogram.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { Exemplar } from '../model/exemplar.ts';
import type { MetricFamily } from '../model/family.ts';
import type { MapperChoice } from './mapping/mapper-choice.ts';

const help = 'Help.';

/** A process of a service, as far as one process can stand for several. */
function join(
  context: TestContext,
  directory: string,
  mapper: MapperChoice,
): { readonly registry: CollectorRegistry; readonly clock: ManualClock; close(): void } {
  const storage = open(context, { directory, mapper });
  const clock = new ManualClock();
  return {
    registry: new CollectorRegistry({ storage, clock }),
    clock,
    close: () => storage.close(),
  };
}

/** What a sidecar shows of what was counted so far: the lines of samples. */
async function shown(
  context: TestContext,
  directory: string,
  ...counting: readonly CollectorRegistry[]
): Promise<string[]> {
  for (const registry of counting) registry.flush();
  const storage = open(context, { directory, readOnly: true });
  const text = await toOpenMetrics(new CollectorRegistry({ storage }));
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

for (const mapper of ['koffi', 'write-behind'] as const) {
  describe(`Exemplars of several processes (${mapper})`, () => {
    it('are shown by each of them, the newest of each bucket', async (context) => {
      const directory = temporaryFolder(context);
      const [one, other] = [join(context, directory, mapper), join(context, directory, mapper)];
      const buckets = [1, 2];
      const options = { name: 'sizes', help, buckets, labelNames: ['a'] as const };
      const sizes = new Histogram({ ...options, registry: one.registry }).labels('x');
      sizes.observe(0.5, { exemplar: { id: 'first' } });
      sizes.observe(5, { exemplar: { id: 'high' } });
      other.clock.pass(1);
      const others = new Histogram({ ...options, registry: other.registry });
      others.labels('x').observe(0.75, { exemplar: { id: 'second', ü: '\u{1d11e}' } });
      others.labels('y').observe(1);
      const sent = new Counter({ name: 'sent_total', help, registry: other.registry });
      sent.inc(3, { exemplar: { id: 'sent' } });
      const expected = [
        'sent_total 3 # {id="sent"} 3 1700000001',
        'sizes_bucket{a="x",le="1.0"} 2 # {id="second",_="\u{1d11e}"} 0.75 1700000001',
        'sizes_bucket{a="x",le="2.0"} 2',
        'sizes_bucket{a="x",le="+Inf"} 3 # {id="high"} 5 1700000000',
        'sizes_sum{a="x"} 6.25',
        'sizes_count{a="x"} 3',
        'sizes_bucket{a="y",le="1.0"} 1',
        'sizes_bucket{a="y",le="2.0"} 1',
        'sizes_bucket{a="y",le="+Inf"} 1',
        'sizes_sum{a="y"} 1',
        'sizes_count{a="y"} 1',
      ];
      other.registry.flush();
      for (const { registry } of [one, other]) {
        const text = await toOpenMetrics(registry);
        deepEqual(
          text.split('\n').filter((line) => /^s/.test(line)),
          expected,
        );
      }
      one.close();
      other.close();
      deepEqual(await shown(context, directory), expected);
    });

    it('go with a reset, a removed child and a cleared metric, and come again', async (context) => {
      const directory = temporaryFolder(context);
      const { registry, clock } = join(context, directory, mapper);
      const sent = new Counter({
        name: 'sent_total',
        help,
        labelNames: ['a'],
        maxIdleSeconds: 60,
        registry,
      });
      const exemplar = { id: 'x'.repeat(60) };
      for (const a of ['reset', 'removed', 'idle']) sent.labels(a).inc(1, { exemplar });
      const removed = sent.labels('removed');
      sent.labels('reset').reset();
      sent.remove('removed');
      removed.inc(1, { exemplar: { id: 'late' } });
      clock.pass(61);
      await toOpenMetrics(registry);
      sent.labels('reset').inc(1);
      clock.pass(61);
      sent.labels('reset').inc(1);
      await toOpenMetrics(registry);
      deepEqual(await shown(context, directory, registry), [
        'sent_total{a="__overflow__"} 1',
        'sent_total{a="reset"} 2',
      ]);
      sent.labels('reset').inc(1, { exemplar: { id: 'again' } });
      sent.labels('removed').inc(1, { exemplar: { id: 'anew' } });
      deepEqual(await shown(context, directory, registry), [
        'sent_total{a="__overflow__"} 1',
        'sent_total{a="removed"} 1 # {id="anew"} 1 1700000122',
        'sent_total{a="reset"} 3 # {id="again"} 1 1700000122',
      ]);
      sent.clear();
      deepEqual(await shown(context, directory, registry), []);
    });

    it('are of any length that there may be, one after another', async (context) => {
      const directory = temporaryFolder(context);
      const { registry } = join(context, directory, mapper);
      const sent = new Counter({ name: 'sent_total', help, registry });
      for (const id of ['x', '\u{1d11e}'.repeat(126), 'ü', 'x'.repeat(126), '']) {
        sent.inc(1, { exemplar: { id } });
        match(
          (await shown(context, directory, registry)).join(),
          new RegExp(`# {id="${id}"} 1 1700000000$`),
        );
      }
    });

    it('that were sampled are shown for as long as they should be', async (context) => {
      const directory = temporaryFolder(context);
      const { registry } = join(context, directory, mapper);
      const exemplars = { provider: () => ({ id: 'sampled' }), maxAgeSeconds: 70 };
      const sent = new Counter({ name: 'sent_total', help, registry, exemplars });
      const now = Date.now();
      context.mock.timers.enable({ apis: ['Date'], now });
      sent.inc();
      context.mock.timers.setTime(now + 69_999);
      deepEqual(await shown(context, directory, registry), [
        'sent_total 1 # {id="sampled"} 1 1700000000',
      ]);
      context.mock.timers.setTime(now + 70_001);
      deepEqual(await shown(context, directory, registry), ['sent_total 1']);
    });

    it('are seen whole beside a process that never rests, and after its death', async (context) => {
      const directory = temporaryFolder(context);
      const writer = await work(context, directory, mapper);
      const sidecar = open(context, { directory, readOnly: true });
      const last = new Map<string, number>();
      let changes = 0;
      for (let scrape = 0; scrape < 300; scrape++) {
        for (const [name, { labels, value }] of exemplarsIn(await sidecar.collect())) {
          deepEqual(labels, { n: `${value}`, x: 'x'.repeat(value % 100) });
          const before = last.get(name) ?? 0;
          ok(value >= before, `${name}: ${value} after ${before}`);
          if (value > before) changes++;
          last.set(name, value);
        }
      }
      ok(changes > 5, `${changes} changes`);
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      const final = exemplarsIn(await sidecar.collect());
      deepEqual(
        final.map(([name]) => name),
        ['sent_bytes 0', 'sizes 0', 'sizes 1', 'sizes 2'],
      );
      deepEqual(final.map(([, { value }]) => value).slice(1, 3), [10, 1000]);
      ok(final[0]![1].value >= last.get('sent_bytes 0')!);
    });
  });
}

describe('Exemplars without a directory', () => {
  it('are shown by the process itself', async (context) => {
    const said = warnings(context);
    const directory = temporaryFolder(context);
    const { registry } = join(context, directory, 'koffi');
    const full = open(context, { directory, mapper: 'koffi' });
    full.close();
    const alone = new CollectorRegistry({ storage: full, clock: new ManualClock() });
    new Counter({ name: 'sent_total', help, registry: alone }).inc(2, { exemplar: { id: 'mine' } });
    match(await toOpenMetrics(alone), /\nsent_total 2 # \{id="mine"\} 2 1700000000\n/);
    equal((await toOpenMetrics(registry)).includes('mine'), false);
    deepEqual(said, []);
  });
});

async function work(
  context: TestContext,
  directory: string,
  mapper: MapperChoice,
): Promise<ChildProcess> {
  const script = new URL('../../test/processes/exemplar-writer.ts', import.meta.url);
  const writer = fork(script, [directory, mapper]);
  context.after(() => writer.kill('SIGKILL'));
  await once(writer, 'message');
  return writer;
}

/** The exemplars, each with the family's name and the bucket's place. */
function exemplarsIn(families: readonly MetricFamily[]): [string, Exemplar][] {
  const all: [string, Exemplar][] = [];
  for (const family of families) {
    let place = 0;
    for (const { name, exemplar } of family.samples) {
      if (exemplar !== undefined) all.push([`${family.name} ${place}`, exemplar]);
      if (name.endsWith('_bucket')) place++;
    }
  }
  return all;
}
