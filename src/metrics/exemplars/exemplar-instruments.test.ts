import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../test/manual-clock.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { toOpenMetrics, toText } from '../../exposition/format.ts';
import type { MetricsError } from '../../model/error.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import type { CollectorRegistryOptions } from '../registry/registry-options.ts';

const help = 'Help.';

function setUp(options: CollectorRegistryOptions = {}): {
  readonly registry: CollectorRegistry;
  readonly clock: ManualClock;
  readonly errors: string[];
} {
  const clock = new ManualClock();
  const errors: string[] = [];
  const onError = ({ code, message }: MetricsError) => errors.push(`${code} ${message}`);
  const registry = new CollectorRegistry({ clock, onError, ...options });
  return { registry, clock, errors };
}

// First, while nothing samples in this process: the methods are exchanged with the first provider.
describe('exemplars that are given', () => {
  it('stand behind the counter in OpenMetrics, the last of them', async () => {
    const { registry } = setUp();
    const sent = new Counter({ name: 'sent_total', help, registry });
    sent.inc(2, { exemplar: { trace_id: 'first' } });
    sent.inc(3, { exemplar: { trace_id: 'a"b', shard: 7 } });
    sent.inc(1, {});
    sent.inc(1, { exemplar: undefined });
    equal(
      await toOpenMetrics(registry),
      `# TYPE sent counter
# HELP sent Help.
sent_total 7 # {trace_id="a\\"b",shard="7"} 3 1700000000
# EOF
`,
    );
    equal(
      await toText(registry),
      '# HELP sent_total Help.\n# TYPE sent_total counter\nsent_total 7\n',
    );
  });

  it('stand behind the bucket they fell into, one for each', async () => {
    const { registry, clock } = setUp();
    const labelNames = ['a'] as const;
    const sizes = new Histogram({ name: 'sizes', help, buckets: [1, 2], labelNames, registry });
    const child = sizes.labels('x');
    child.observe(0.5, { exemplar: { id: 'low' } });
    clock.pass(1.5);
    child.observe(2, { exemplar: { id: 'edge' }, count: 3 });
    child.observe(Infinity, { exemplar: { id: 'high' } });
    child.observe(1, { exemplar: { id: 'none' }, count: 0 });
    sizes.labels('y').observe(1);
    equal(
      await toOpenMetrics(registry),
      `# TYPE sizes histogram
# HELP sizes Help.
sizes_bucket{a="x",le="1.0"} 1 # {id="low"} 0.5 1700000000
sizes_bucket{a="x",le="2.0"} 4 # {id="edge"} 2 1700000001.5
sizes_bucket{a="x",le="+Inf"} 5 # {id="high"} +Inf 1700000001.5
sizes_sum{a="x"} +Inf
sizes_count{a="x"} 5
sizes_bucket{a="y",le="1.0"} 1
sizes_bucket{a="y",le="2.0"} 1
sizes_bucket{a="y",le="+Inf"} 1
sizes_sum{a="y"} 1
sizes_count{a="y"} 1
# EOF
`,
    );
  });

  it('cost nothing but themselves where they are bad: counted, and said once', async () => {
    const { registry, errors } = setUp();
    const sent = new Counter({ name: 'sent_total', help, registry });
    const sizes = new Histogram({ name: 'sizes', help, buckets: [1], registry });
    sent.inc(2, { exemplar: { id: 'x'.repeat(127) } });
    sent.inc(2, { exemplar: { id: 'x'.repeat(127) } });
    sizes.observe(1, { exemplar: { __id: 'x' } });
    sizes.observe(1, { exemplar: 'trace' as never });
    deepEqual([sent.value, sizes.count, sizes.sum], [4, 2, 2]);
    deepEqual(errors, [
      'EXEMPLAR_DROPPED metric "sent_total": an exemplar was dropped, expected labels of at most 128 code points together, got more',
      'EXEMPLAR_DROPPED metric "sizes": an exemplar was dropped, expected label names as metrics have them, got another',
      'EXEMPLAR_DROPPED metric "sizes": an exemplar was dropped, expected an object of labels, got something else',
    ]);
    equal(
      (await toText(registry)).replace(/^.*(?=# HELP promethium)/s, ''),
      `# HELP promethium_exemplars_dropped_total Exemplars that were dropped, by the reason. Their observations were counted.
# TYPE promethium_exemplars_dropped_total counter
promethium_exemplars_dropped_total{metric="sent_total",reason="too_long"} 2
promethium_exemplars_dropped_total{metric="sizes",reason="label_name"} 1
promethium_exemplars_dropped_total{metric="sizes",reason="shape"} 1
`,
    );
  });

  it('are gone after a reset, and with their child', async () => {
    const { registry } = setUp();
    const sent = new Counter({ name: 'sent_total', help, labelNames: ['a'], registry });
    const exemplar = { id: 'x' };
    sent.labels('reset').inc(1, { exemplar });
    sent.labels('reset').reset();
    const removed = sent.labels('removed');
    removed.inc(1, { exemplar });
    sent.remove('removed');
    removed.inc(1, { exemplar });
    sent.labels('removed').inc(1);
    equal((await toOpenMetrics(registry)).includes('{id='), false);
  });

  it('are forgotten quietly on a metric of no registry', () => {
    const sent = new Counter({ name: 'sent_total', help, registry: null });
    sent.inc(1, { exemplar: { '': 'x' } });
    equal(sent.value, 1);
  });

  it('are options, and nothing else is', () => {
    const sent = new Counter({ name: 'sent_total', help, registry: null });
    for (const options of [null, 'x', 3]) {
      throws(() => sent.inc(1, options as never), {
        name: 'TypeError',
        message: `counter "sent_total": inc() refused, expected an object of options, got ${typeof options === 'string' ? '"x"' : options}`,
      });
    }
    equal(sent.value, 0);
  });

  it('are not asked of a storage that shares numbers and takes none', async () => {
    const { registry } = setUp({ storage: new SharedStorage() });
    const provider = () => ({ id: 'x' });
    const sent = new Counter({ name: 'sent_total', help, registry, exemplars: { provider } });
    sent.inc(1, { exemplar: { id: 'x' } });
    sent.inc(1);
    match(await toOpenMetrics(sent), /^sent_total 2$/m);
  });
});

describe('exemplars of a provider', () => {
  it('follow the request through await', async () => {
    const requests = new AsyncLocalStorage<string>();
    const provider = () => {
      const id = requests.getStore();
      return id === undefined ? undefined : { id };
    };
    const { registry } = setUp({ exemplars: { provider, intervalSeconds: 0 } });
    const sizes = new Histogram({ name: 'sizes', help, buckets: [1, 2], registry });
    sizes.observe(0);
    await Promise.all(
      ['1', '2', '3'].map((id) =>
        requests.run(id, async () => {
          await turn();
          sizes.observe(Number(id));
        }),
      ),
    );
    equal(
      await toOpenMetrics(registry),
      `# TYPE sizes histogram
# HELP sizes Help.
sizes_bucket{le="1.0"} 2 # {id="1"} 1 1700000000
sizes_bucket{le="2.0"} 3 # {id="2"} 2 1700000000
sizes_bucket{le="+Inf"} 4 # {id="3"} 3 1700000000
sizes_sum 6
sizes_count 4
# EOF
`,
    );
  });

  it('come to metrics that were declared before, and can be taken away', async () => {
    const { registry, clock } = setUp();
    const labelNames = ['a'] as const;
    const early = new Counter({ name: 'early_total', help, labelNames, registry });
    const kept = early.labels('x');
    kept.inc();
    const ids = ['1', '2'];
    registry.exemplars = { provider: () => ({ id: ids.shift() ?? 'none' }) };
    kept.inc(4);
    match(await toOpenMetrics(registry), /early_total\{a="x"\} 5 # \{id="1"\} 4 1700000000\n/);
    clock.pass(8);
    kept.inc(0);
    match(await toOpenMetrics(registry), /\{id="1"\}/);
    registry.exemplars = undefined;
    kept.inc();
    match(await toOpenMetrics(registry), /\{id="1"\}/);
    equal(registry.exemplars, undefined);
  });

  it('are asked for by time(), startTimer() and countExceptions()', async () => {
    const { registry } = setUp({ exemplars: { provider: () => ({ id: 'x' }) } });
    const took = new Histogram({ name: 'took_seconds', help, buckets: [1], registry });
    took.time(() => 1);
    const failed = new Counter({ name: 'failed_total', help, registry });
    const fail = () => {
      throw new Error('fails');
    };
    throws(() => failed.countExceptions(fail));
    const text = await toOpenMetrics(registry);
    match(text, /took_seconds_bucket\{le="1.0"\} 1 # \{id="x"\} 0 1700000000\n/);
    match(text, /failed_total 1 # \{id="x"\} 1 1700000000\n/);
  });

  it('are of the metric before the registry, and none where it says so', async () => {
    const { registry } = setUp({ exemplars: { provider: () => ({ id: 'registry' }) } });
    const exemplars = { provider: () => ({ id: 'own' }) };
    new Counter({ name: 'own_total', help, registry, exemplars }).inc();
    new Counter({ name: 'none_total', help, registry, exemplars: false }).inc();
    new Counter({ name: 'common_total', help, registry: registry.with({ prefix: 'lib_' }) }).inc();
    registry.exemplars = { provider: () => ({ id: 'later' }) };
    const samples = (await toOpenMetrics(registry))
      .split('\n')
      .filter((line) => /^[^#]/.test(line));
    deepEqual(samples, [
      'own_total 1 # {id="own"} 1 1700000000',
      'none_total 1',
      'lib_common_total 1 # {id="registry"} 1 1700000000',
    ]);
  });

  it('lose nothing where the provider throws', async () => {
    const { registry, errors } = setUp();
    registry.exemplars = {
      provider: () => {
        throw new Error('no context');
      },
    };
    const sent = new Counter({ name: 'sent_total', help, registry });
    sent.inc();
    sent.inc();
    equal(sent.value, 2);
    deepEqual(errors, [
      'EXEMPLAR_DROPPED metric "sent_total": an exemplar was dropped, expected labels or nothing of its provider, got no context',
    ]);
    match(
      await toText(registry),
      /promethium_exemplars_dropped_total\{metric="sent_total",reason="provider"\} 2/,
    );
  });

  it('give way to one that is given', async () => {
    const { registry, clock } = setUp({ exemplars: { provider: () => ({ id: 'sampled' }) } });
    const sent = new Counter({ name: 'sent_total', help, registry });
    sent.inc();
    sent.inc(1, { exemplar: { id: 'given' } });
    clock.pass(60);
    sent.inc();
    match(await toOpenMetrics(registry), /sent_total 3 # \{id="given"\} 1 1700000000\n/);
  });

  it('are asked for by what counts alone, and has no exemplar of its own', () => {
    let asked = 0;
    const provider = () => ({ id: asked++ });
    const { registry } = setUp({ exemplars: { provider } });
    const sent = new Counter({ name: 'sent_total', help, registry });
    const sizes = new Histogram({ name: 'sizes', help, registry });
    throws(() => sent.inc(-1), { name: 'RangeError' });
    throws(() => sizes.observe(Number.NaN), { name: 'RangeError' });
    sizes.observe(1, { count: 0 });
    const exemplar = { id: 'given' };
    sent.inc(1, { exemplar });
    sizes.observe(1, { exemplar });
    equal(asked, 0);
  });

  for (const [where, declare, message] of [
    [
      'a registry',
      () => new CollectorRegistry({ exemplars: {} as never }),
      'registry "exemplars": exemplars have no provider, expected a function, got undefined',
    ],
    [
      'a counter',
      () => new Counter({ name: 'a', help, registry: null, exemplars: null as never }),
      'counter "a": exemplars are none, expected { provider: … }, got null',
    ],
    [
      'a histogram',
      () => new Histogram({ name: 'h', help, registry: null, exemplars: true as never }),
      'histogram "h": exemplars are none, expected { provider: … }, got true',
    ],
  ] as const) {
    it(`are checked where ${where} is declared`, () => {
      throws(declare, { name: 'TypeError', message });
    });
  }
});

describe('a provider', () => {
  it('that counts on an instrument is not asked about that count', () => {
    const registry = new CollectorRegistry();
    const asked = new Counter({ name: 'asked_total', help: 'A.', registry });
    registry.exemplars = {
      provider() {
        asked.inc();
        return { trace_id: 'a' };
      },
    };
    new Counter({ name: 'jobs_total', help: 'J.', registry }).inc();
    equal(asked.value, 1);
  });

  it('that returns a promise gives no exemplar, and its rejection ends nothing', async () => {
    const provider = (async () => {
      throw new Error('later');
    }) as never;
    const registry = new CollectorRegistry({ exemplars: { provider }, onError: () => {} });
    const jobs = new Counter({ name: 'jobs_total', help: 'J.', registry });
    jobs.inc();
    await turn();
    equal(jobs.value, 1);
  });
});
