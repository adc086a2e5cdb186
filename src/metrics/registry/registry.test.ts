import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { MetricsError } from '../../model/error.ts';
import type { Collector, MetricFamily, MetricType } from '../../model/family.ts';
import { GaugeMetricFamily } from '../../model/number-families.ts';
import { MemoryStorage } from '../../storage/memory.ts';
import { Histogram } from '../histograms/histogram.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { REGISTRY } from './default-registry.ts';
import { AlreadyRegisteredError } from './name-claims.ts';
import { CollectorRegistry } from './registry.ts';

async function names(source: Collector): Promise<string[]> {
  const all: string[] = [];
  for await (const { name } of source.collect() as AsyncIterable<MetricFamily>) all.push(name);
  return all;
}

/** A collector of nothing that describes a family. */
function describing(name: string, type: MetricType): Collector {
  return { collect: () => [], describe: () => [{ name, type }] };
}

describe('CollectorRegistry', () => {
  it('shows its collectors in the order in which they were registered', async () => {
    const registry = new CollectorRegistry();
    new Counter({ name: 'b_total', help: 'B.', registry });
    new Gauge({ name: 'a', help: 'A.', registry });
    registry.register({ collect: () => [new GaugeMetricFamily({ name: 'c', help: '' })] });
    new Gauge({ name: '_', help: 'First of all names.', registry });
    deepEqual(await names(registry), ['b', 'a', 'c', '_']);
  });

  const refusedOptions: readonly (readonly [unknown, string, string])[] = [
    [null, 'TypeError', 'registry: no options, expected an object, got null'],
    [
      { storge: new MemoryStorage() },
      'TypeError',
      'registry: unknown option, expected storage, collectTimeoutMs, targetInfo, constantLabels, maxChildren, exemplars, onError, clock, got "storge"',
    ],
    [
      { toString: 1 },
      'TypeError',
      'registry: unknown option, expected storage, collectTimeoutMs, targetInfo, constantLabels, maxChildren, exemplars, onError, clock, got "toString"',
    ],
    [
      { storage: '/tmp' },
      'TypeError',
      'registry "storage": of the wrong type, expected a Storage, got "/tmp"',
    ],
    [
      { onError: 1 },
      'TypeError',
      'registry "onError": of the wrong type, expected a function, got 1',
    ],
    [
      { clock: null },
      'TypeError',
      'registry "clock": of the wrong type, expected a Clock, got null',
    ],
    [
      { collectTimeoutMs: '5000' },
      'TypeError',
      'registry "collectTimeoutMs": of the wrong type, expected a number, got "5000"',
    ],
    ...[0, -1, Number.NaN, Infinity, 2 ** 31].map(
      (limit) =>
        [
          { collectTimeoutMs: limit },
          'RangeError',
          `registry "collectTimeoutMs": not a time limit, expected milliseconds > 0 and < 2^31, got ${limit}`,
        ] as const,
    ),
  ];
  for (const [options, name, message] of refusedOptions) {
    it(`refuses with "${message}"`, () => {
      throws(() => new CollectorRegistry(options as object), { name, message });
    });
  }

  it('takes options that are there but undefined', () => {
    new CollectorRegistry({ storage: undefined, collectTimeoutMs: undefined } as object);
  });
});

describe('CollectorRegistry.register', () => {
  const clashes: readonly (readonly [MetricType, string, MetricType, string])[] = [
    ['counter', 'c', 'counter', 'c'],
    ['counter', 'c', 'gauge', 'c'],
    ['counter', 'c', 'gauge', 'c_total'],
    ['counter', 'c', 'gauge', 'c_created'],
    ['counter', 'a', 'counter', 'a_created'],
    ['counter', 'c_count', 'summary', 'c'],
    ['summary', 's', 'gauge', 's_count'],
    ['summary', 's', 'gauge', 's_sum'],
    ['summary', 's', 'histogram', 's'],
    ['histogram', 'h', 'gauge', 'h_bucket'],
    ['histogram', 'h', 'counter', 'h'],
    ['histogram', 'h', 'counter', 'h_count'],
    ['gaugehistogram', 'h', 'gauge', 'h_gcount'],
    ['info', 'i', 'gauge', 'i'],
    ['info', 'i', 'gauge', 'i_info'],
    ['stateset', 'e', 'gauge', 'e'],
    ['unknown', 'u', 'gauge', 'u'],
  ];
  for (const [type, name, otherType, otherName] of clashes) {
    it(`refuses a ${otherType} ${otherName} beside a ${type} ${name}, in either order`, () => {
      for (const [first, second] of [
        [describing(name, type), describing(otherName, otherType)],
        [describing(otherName, otherType), describing(name, type)],
      ] as const) {
        const registry = new CollectorRegistry();
        registry.register(first);
        throws(
          () => registry.register(second),
          (error) => error instanceof AlreadyRegisteredError && error.existing === first,
        );
      }
    });
  }

  for (const [type, name, otherType, otherName] of [
    ['summary', 's', 'gauge', 's_bucket'],
    ['gauge', 'g', 'gauge', 'g_created'],
    ['gauge', 'x', 'gauge', 'x_total'],
    ['histogram', 'h', 'gauge', 'h_total'],
  ] as const) {
    it(`takes a ${otherType} ${otherName} beside a ${type} ${name}, in either order`, () => {
      for (const pair of [
        [describing(name, type), describing(otherName, otherType)],
        [describing(otherName, otherType), describing(name, type)],
      ]) {
        const registry = new CollectorRegistry();
        for (const collector of pair) registry.register(collector);
      }
    });
  }

  it('names both sides of a clash and carries the metric that has the name', () => {
    const registry = new CollectorRegistry();
    const durations = new Histogram({ name: 'job_seconds', help: 'H.', registry });
    throws(() => new Gauge({ name: 'job_seconds_count', help: 'G.', registry }), {
      name: 'AlreadyRegisteredError',
      code: 'ALREADY_REGISTERED',
      message:
        'gauge "job_seconds_count": already registered, expected a free name, got "job_seconds_count", a name of "job_seconds", which registry.get() returns',
      existing: durations,
    });
    throws(() => new Counter({ name: 'job_seconds', help: 'C.', registry }), {
      message:
        'counter "job_seconds": already registered, expected a free name, got "job_seconds", a name of "job_seconds", which registry.get() returns',
    });
  });

  it('claims nothing for a collector that it refuses', () => {
    const registry = new CollectorRegistry();
    registry.register(describing('x_total', 'gauge'));
    throws(() => registry.register(describing('x', 'counter')), { code: 'ALREADY_REGISTERED' });
    equal(registry.get('x'), undefined);
    registry.register(describing('x', 'gauge'));
  });

  it('refuses the same collector twice, described or not', () => {
    const registry = new CollectorRegistry();
    class Temperatures {
      collect(): [] {
        return [];
      }
    }
    const collector = new Temperatures();
    registry.register(collector);
    throws(() => registry.register(collector), {
      name: 'AlreadyRegisteredError',
      message: 'collector "Temperatures": already registered, expected a free name, got it again',
      existing: collector,
    });
    registry.register(new Temperatures());
  });

  it('refuses what is no collector', () => {
    const registry = new CollectorRegistry();
    for (const [given, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [{}, 'an object'],
      [() => [], 'a function'],
      ['x', '"x"'],
    ] as const) {
      throws(() => registry.register(given as never), {
        name: 'TypeError',
        message: `registry "register": no collector, expected an object with collect(), got ${shown}`,
      });
    }
    throws(() => registry.register(registry), {
      name: 'TypeError',
      message:
        'registry "register": a registry in itself, expected another collector, got the registry',
    });
    throws(() => registry.register(describing('x', 'untyped' as never)), {
      name: 'TypeError',
      message: 'collector "x": described by an unknown type, expected a MetricType, got "untyped"',
    });
  });
});

describe('CollectorRegistry.get', () => {
  it('finds a metric by any name that its lines bear', () => {
    const registry = new CollectorRegistry();
    const requests = new Counter({ name: 'http_requests_total', help: 'Requests.', registry });
    equal(registry.get('http_requests_total'), requests);
    equal(registry.get('http_requests'), requests);
    equal(registry.get('http'), undefined);
    equal(registry.get('__proto__'), undefined);
  });
});

describe('CollectorRegistry.unregister', () => {
  it('shows a metric no more, frees its names, and leaves what it counted', async () => {
    const registry = new CollectorRegistry();
    const jobs = new Counter({ name: 'jobs_total', help: 'Jobs.', registry });
    jobs.inc(3);
    registry.unregister(jobs);
    deepEqual(await names(registry), []);
    equal(registry.get('jobs_total'), undefined);
    jobs.inc();
    equal(jobs.value, 4);
    registry.register(jobs);
    equal(registry.get('jobs_total'), jobs);
  });

  it('refuses a collector that it does not have', () => {
    const registry = new CollectorRegistry();
    const elsewhere = new Gauge({ name: 'x', help: 'X.', registry: new CollectorRegistry() });
    throws(() => registry.unregister(elsewhere), {
      name: 'MetricsError',
      code: 'NOT_REGISTERED',
      message: 'registry "unregister": unknown collector, expected a registered one, got x',
    });
  });

  it('refuses what get() returns where nobody has the name', () => {
    const registry = new CollectorRegistry();
    throws(() => registry.unregister(registry.get('x') as Collector), {
      name: 'TypeError',
      message:
        'registry "unregister": no collector, expected an object with collect(), got undefined',
    });
  });
});

describe('CollectorRegistry.useStorage', () => {
  it('takes a storage before the first metric, and the same one again', () => {
    const registry = new CollectorRegistry();
    const storage = new MemoryStorage();
    registry.useStorage(storage);
    new Counter({ name: 'x_total', help: 'X.', registry });
    registry.useStorage(storage);
    equal(registry.storage, storage);
  });

  it('refuses another once there are metrics', () => {
    const registry = new CollectorRegistry();
    new Counter({ name: 'x_total', help: 'X.', registry });
    throws(
      () => registry.useStorage(new MemoryStorage()),
      new MetricsError(
        'STORAGE_IN_USE',
        'registry "storage": already chosen, expected a registry without storage, got one that has metrics or a directory from the environment',
      ),
    );
  });
});

describe('registry: null', () => {
  it('registers nowhere, counts, and shows itself', () => {
    const jobs = new Counter({ name: 'nowhere_total', help: 'Jobs.', registry: null });
    jobs.inc(2);
    equal(REGISTRY.get('nowhere_total'), undefined);
    new Counter({ name: 'nowhere_total', help: 'Jobs.', registry: null });
    deepEqual(
      [...(jobs.collect() as MetricFamily[])[0]!.samples],
      [{ name: 'nowhere_total', labels: {}, value: 2 }],
    );
  });

  it('is the only thing beside a registry that is taken for one', () => {
    for (const [registry, shown] of [
      [false, 'false'],
      ['default', '"default"'],
      [{}, 'an object'],
      [new Map(), 'an object of class Map'],
    ] as const) {
      throws(() => new Gauge({ name: 'x', help: 'X.', registry: registry as never }), {
        name: 'TypeError',
        message: `gauge "x": no registry, expected a CollectorRegistry or null, got ${shown}`,
      });
    }
  });
});

describe('REGISTRY', () => {
  it('is where a metric goes that names no registry', () => {
    const jobs = new Counter({ name: 'default_registry_jobs_total', help: 'Jobs.' });
    equal(REGISTRY.get('default_registry_jobs_total'), jobs);
    REGISTRY.unregister(jobs);
  });

  it('is one for all copies of this package', async () => {
    const copy: { REGISTRY: CollectorRegistry } = await import(
      // @ts-expect-error a second copy, as another install would be
      './default-registry.ts?copy'
    );
    equal(copy.REGISTRY, REGISTRY);
  });

  it('is left alone by a copy that does not understand it', async () => {
    const key = Symbol.for('promethium.REGISTRY');
    const anchors = globalThis as unknown as Record<symbol, unknown>;
    const anchor = anchors[key];
    try {
      anchors[key] = { version: -1, registry: {} };
      const copy: { REGISTRY: CollectorRegistry } = await import(
        // @ts-expect-error a second copy, as another install would be
        './default-registry.ts?other-version'
      );
      equal(copy.REGISTRY instanceof CollectorRegistry, true);
      equal(copy.REGISTRY === REGISTRY, false);
      deepEqual(anchors[key], { version: -1, registry: {} });
    } finally {
      anchors[key] = anchor;
    }
  });
});

describe('CollectorRegistry.clear', () => {
  it('removes every collector and frees the names', async () => {
    const registry = new CollectorRegistry();
    new Counter({ name: 'jobs_total', help: 'Jobs.', registry }).inc();
    registry.register({ collect: () => [] });
    registry.clear();
    deepEqual(await registry.collect().next(), { done: true, value: undefined });
    equal(registry.get('jobs_total'), undefined);
    new Counter({ name: 'jobs_total', help: 'Jobs.', registry });
  });
});

describe('CollectorRegistry.useStorage', () => {
  it('refuses what is no storage', () => {
    throws(() => new CollectorRegistry().useStorage(5 as never), {
      name: 'TypeError',
      message: 'registry "storage": of the wrong type, expected a Storage, got 5',
    });
  });
});

describe('a registry written to a log', () => {
  it('is no circle', () => {
    equal(typeof JSON.stringify(new CollectorRegistry()), 'string');
  });
});

describe('CollectorRegistry.unregister over a shared storage', () => {
  it('withdraws the family, whose metric counts on unseen', () => {
    const storage = new SharedStorage();
    const registry = new CollectorRegistry({ storage });
    const jobs = new Counter({ name: 'jobs_total', help: 'J.', labelNames: ['queue'], registry });
    const kept = jobs.labels('a');
    const up = new Gauge({ name: 'up', help: 'U.', registry });
    registry.unregister(jobs);
    registry.unregister(up);
    deepEqual(storage.withdrawn, ['jobs', 'up']);
    kept.inc();
    jobs.labels('b').inc(2);
    up.set(1);
    deepEqual([kept.value, jobs.labels('b').value, up.value], [1, 2, 1]);
    jobs.remove('b');
    deepEqual(storage.living, []);
  });
});
