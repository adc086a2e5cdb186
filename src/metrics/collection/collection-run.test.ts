import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../../test/hand-made-family.ts';
import { ManualClock } from '../../../test/manual-clock.ts';
import { SharedStorage } from '../../../test/shared-storage.ts';
import type { MetricsError } from '../../model/error.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import { GaugeMetricFamily } from '../../model/number-families.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { CollectorRegistry } from '../registry/registry.ts';
import type { CollectorRegistryOptions } from '../registry/registry-options.ts';

/** A scrape that waits for ever fails its test rather than holding up all others. */
const BOUNDED = { timeout: 5000 };

/** The samples of a scrape as lines. */
async function scrape(source: Collector): Promise<string[]> {
  const lines: string[] = [];
  for await (const { samples } of source.collect() as AsyncIterable<MetricFamily>) {
    for (const { name, labels, value } of samples) {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs}}`} ${value}`);
    }
  }
  return lines;
}

const family = (name: string, value = 1): MetricFamily =>
  new GaugeMetricFamily({ name, help: '' }).addMetric([], value);

/** A registry with a clock by hand, and what it reports. */
function watched(options: CollectorRegistryOptions = {}): {
  registry: CollectorRegistry;
  clock: ManualClock;
  errors: MetricsError[];
} {
  const clock = new ManualClock();
  const errors: MetricsError[] = [];
  const onError = (error: MetricsError): void => {
    errors.push(error);
  };
  return { registry: new CollectorRegistry({ clock, onError, ...options }), clock, errors };
}

/** A call that a test answers by hand. */
interface Call {
  readonly promise: Promise<MetricFamily[]>;
  readonly resolve: (families: MetricFamily[]) => void;
  readonly reject: (error: Error) => void;
}

/** A collector whose calls a test answers by hand. */
class Slow implements Collector {
  readonly answers: Call[] = [];

  collect(): Promise<MetricFamily[]> {
    let settle: Omit<Call, 'promise'> | undefined;
    const promise = new Promise<MetricFamily[]>((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.answers.push({ promise, ...settle! });
    return promise;
  }
}

describe('a scrape', BOUNDED, () => {
  const shapes: readonly (readonly [string, () => unknown])[] = [
    ['an array', () => [family('x')]],
    ['a set', () => new Set([family('x')])],
    [
      'a generator',
      function* () {
        yield family('x');
      },
    ],
    ['a promise', () => Promise.resolve([family('x')])],
    ['an async function', async () => [family('x')]],
    [
      'an async generator',
      async function* () {
        yield family('x');
      },
    ],
    [
      'a promise of an async iterable',
      async () => ({
        async *[Symbol.asyncIterator]() {
          yield family('x');
        },
      }),
    ],
    [
      'a thenable',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a promise of another library
        then: (settle: (families: unknown) => void) => settle([family('x')]),
      }),
    ],
  ];
  for (const [shape, collect] of shapes) {
    it(`takes families from ${shape}`, async () => {
      const { registry, errors, clock } = watched();
      registry.register({ collect } as Collector);
      deepEqual(await scrape(registry), ['x 1']);
      deepEqual(errors, []);
      equal(clock.waiting, 0);
    });
  }

  it('starts all collectors together and shows them in order', async () => {
    const { registry } = watched();
    const slow = new Slow();
    const slower = new Slow();
    registry.register(slower);
    registry.register(slow);
    const lines = scrape(registry);
    // The first step of the generator runs once it is asked.
    await Promise.resolve();
    equal(slow.answers.length, 1);
    slow.answers[0]!.resolve([family('second')]);
    slower.answers[0]!.resolve([family('first')]);
    deepEqual(await lines, ['first 1', 'second 1']);
  });

  it('takes in a registry as a collector', async () => {
    const { registry } = watched();
    const inner = new CollectorRegistry();
    new Gauge({ name: 'inner', help: 'I.', registry: inner }).set(2);
    registry.register(inner);
    deepEqual(await scrape(registry), ['inner 2']);
  });

  const failing: readonly (readonly [string, () => unknown, string])[] = [
    [
      'throws',
      () => {
        throw new Error('boom');
      },
      'boom',
    ],
    [
      'throws what is no error',
      () => {
        throw 'boom';
      },
      '"boom"',
    ],
    ['rejects', () => Promise.reject(new Error('boom')), 'boom'],
    [
      'throws while it generates',
      function* () {
        yield family('half');
        throw new Error('boom');
      },
      'boom',
    ],
    [
      'rejects while it generates',
      async function* () {
        yield family('half');
        throw new Error('boom');
      },
      'boom',
    ],
    ['returns nothing', () => undefined, 'what is no list of families: undefined'],
    ['returns null', () => null, 'what is no list of families: null'],
    ['returns a number', () => 5, 'what is no list of families: 5'],
    ['returns text', () => 'x 1', 'what is no list of families: "x 1"'],
    [
      'returns a family alone',
      () => family('x'),
      'what is no list of families: an object of class GaugeMetricFamily',
    ],
    [
      'resolves to a family alone',
      async () => family('x'),
      'what is no list of families: an object of class GaugeMetricFamily',
    ],
    [
      'returns what are no families',
      () => [family('x'), { name: 'y' }],
      'a list with what is no family: an object',
    ],
    ['returns a hole', () => [undefined], 'a list with what is no family: undefined'],
    [
      'returns a family of unknown type',
      () => [handMadeFamily({ name: 'y', type: 'untyped' as never })],
      'a family of unknown type: "untyped"',
    ],
  ];
  for (const [what, collect, got] of failing) {
    it(`loses no more than the families of a collector that ${what}`, async () => {
      const { registry, errors } = watched();
      new Gauge({ name: 'before', help: 'B.', registry });
      registry.register({ name: 'mine', collect } as Collector);
      new Gauge({ name: 'after', help: 'A.', registry });
      deepEqual(await scrape(registry), [
        'before 0',
        'after 0',
        'promethium_collector_failures_total{collector=mine,reason=throw} 1',
      ]);
      deepEqual(
        errors.map(({ code, message }) => [code, message]),
        [['COLLECT_FAILED', `collector "mine": failed, expected families, got ${got}`]],
      );
    });
  }

  it('counts failures on, tells their cause, and survives a listener that throws', async () => {
    const cause = new Error('boom');
    const seen: unknown[] = [];
    const registry = new CollectorRegistry({
      onError: (error) => {
        seen.push(error.cause);
        throw new Error('the listener’s own');
      },
    });
    class Disks {
      collect(): never {
        throw cause;
      }
    }
    registry.register(new Disks());
    await scrape(registry);
    deepEqual(await scrape(registry), [
      'promethium_collector_failures_total{collector=Disks,reason=throw} 2',
    ]);
    deepEqual(seen, [cause, cause]);
  });

  it('tells whoever listens now, and the console where nobody does', async (context) => {
    const written = context.mock.method(console, 'error', () => {});
    const cause = new Error('down');
    const registry = new CollectorRegistry();
    const disks = {
      name: 'disks',
      collect(): never {
        throw cause;
      },
    };
    registry.register(disks);
    const errors: string[] = [];
    equal(registry.onError, undefined);
    registry.onError = ({ message }) => errors.push(message);
    throws(
      () => {
        registry.onError = 'log' as never;
      },
      {
        name: 'TypeError',
        message: 'registry "onError": of the wrong type, expected a function, got "log"',
      },
    );
    await scrape(registry);
    const message = 'collector "disks": failed, expected families, got down';
    deepEqual(errors, [message]);
    equal(written.mock.callCount(), 0);
    registry.onError = undefined;
    await scrape(registry);
    await scrape(registry);
    deepEqual(
      written.mock.calls.map((call) => call.arguments),
      [[`promethium: ${message}`, cause]],
    );
  });

  it('ends without harm where the reader leaves early', async () => {
    const { registry } = watched();
    const slow = new Slow();
    new Gauge({ name: 'first', help: 'F.', registry });
    registry.register(slow);
    for await (const { name } of registry.collect()) {
      equal(name, 'first');
      break;
    }
    slow.answers[0]!.reject(new Error('nobody waits for this'));
    await rejects(slow.answers[0]!.promise);
  });
});

describe('a collector past its time limit', BOUNDED, () => {
  it('costs its own families, and is not called again until it has answered', async () => {
    const { registry, clock, errors } = watched({ collectTimeoutMs: 2500 });
    const slow = new Slow();
    registry.register(slow);
    new Gauge({ name: 'g', help: 'G.', registry });
    const first = scrape(registry);
    await Promise.resolve();
    clock.pass(2.4);
    equal(errors.length, 0);
    clock.pass(0.1);
    deepEqual(await first, [
      'g 0',
      'promethium_collector_failures_total{collector=Slow,reason=timeout} 1',
    ]);
    deepEqual(
      errors.map(({ code, message }) => [code, message]),
      [
        [
          'COLLECT_TIMEOUT',
          'collector "Slow": failed, expected an answer within 2500 ms, got none',
        ],
      ],
    );
    deepEqual(await scrape(registry), [
      'g 0',
      'promethium_collector_failures_total{collector=Slow,reason=timeout} 2',
    ]);
    equal(slow.answers.length, 1);
    slow.answers[0]!.resolve([family('too_late')]);
    await Promise.resolve().then(() => {});
    const recovered = scrape(registry);
    await Promise.resolve();
    equal(slow.answers.length, 2);
    slow.answers[1]!.resolve([family('x', 7)]);
    deepEqual(await recovered, [
      'x 7',
      'g 0',
      'promethium_collector_failures_total{collector=Slow,reason=timeout} 2',
    ]);
    equal(clock.waiting, 0);
  });

  it('may be a metric whose callback hangs, which shows nothing rather than what it was', async () => {
    const { registry, clock } = watched();
    let asked = 0;
    let answer = (_: number): void => {};
    new Gauge({
      name: 'g',
      help: 'G.',
      registry,
      callback: () => {
        asked++;
        return new Promise<number>((resolve) => {
          answer = resolve;
        });
      },
    });
    const first = scrape(registry);
    await Promise.resolve();
    clock.pass(5);
    const failures = (count: number): string =>
      `promethium_collector_failures_total{collector=g,reason=timeout} ${count}`;
    deepEqual(await first, [failures(1)]);
    deepEqual(await scrape(registry), [failures(2)]);
    equal(asked, 1);
    answer(1);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    const recovered = scrape(registry);
    await Promise.resolve();
    equal(asked, 2);
    answer(7);
    deepEqual(await recovered, ['g 7', failures(2)]);
  });

  it('is one failure, though it rejects later', async () => {
    const { registry, clock, errors } = watched();
    const slow = new Slow();
    registry.register(slow);
    const first = scrape(registry);
    await Promise.resolve();
    clock.pass(5);
    await first;
    slow.answers[0]!.reject(new Error('late'));
    await rejects(slow.answers[0]!.promise);
    equal(errors.length, 1);
  });

  it('does not hold up a scrape that began later and was answered in time', async () => {
    const { registry, clock } = watched();
    const slow = new Slow();
    registry.register(slow);
    const first = scrape(registry);
    await Promise.resolve();
    clock.pass(4);
    const second = scrape(registry);
    await Promise.resolve();
    equal(slow.answers.length, 2);
    clock.pass(1);
    await first;
    slow.answers[1]!.resolve([family('x')]);
    deepEqual(await second, [
      'x 1',
      'promethium_collector_failures_total{collector=Slow,reason=timeout} 1',
    ]);
    equal(clock.waiting, 0);
  });
});

describe('a name that is exposed already', () => {
  it('is shown once, by whoever came first, and is a failure of the other', async () => {
    const { registry, errors } = watched();
    registry.register({ name: 'one', collect: () => [family('x', 1)] } as Collector);
    registry.register({
      name: 'two',
      collect: () => [family('y', 2), family('x', 2)],
    } as Collector);
    deepEqual(await scrape(registry), [
      'x 1',
      'y 2',
      'promethium_collector_failures_total{collector=two,reason=duplicate} 1',
    ]);
    deepEqual(
      errors.map(({ code, message, cause }) => [code, message, cause]),
      [
        [
          'COLLECT_FAILED',
          'collector "two": failed, expected families of its own, got "x", which was exposed already',
          'x',
        ],
      ],
    );
  });

  it('is found by the names of lines, and within one collector too', async () => {
    const { registry } = watched();
    new Counter({ name: 'c_total', help: 'C.', registry });
    registry.register({
      name: 'mine',
      collect: () => [family('c_created'), family('x'), family('x')],
    } as Collector);
    deepEqual(await scrape(registry), [
      'c_total 0',
      'x 1',
      'promethium_collector_failures_total{collector=mine,reason=duplicate} 2',
    ]);
  });

  it('is no name of the failures themselves', async () => {
    const { registry } = watched();
    registry.register({ collect: () => [family('promethium_collector_failures')] });
    registry.register({
      collect: () => {
        throw new Error('boom');
      },
    });
    deepEqual(await scrape(registry), ['promethium_collector_failures 1']);
  });
});

function answering(...families: readonly MetricFamily[]): SharedStorage {
  const storage = new SharedStorage();
  storage.answer = async () => families;
  return storage;
}

describe('a scrape of a shared storage', BOUNDED, () => {
  it('shows what the storage has and this process’s own collectors by name, the target first', async () => {
    const storage = answering(family('b', 42), family('d', 42));
    const { registry } = watched({ storage, targetInfo: { version: '1' } });
    registry.register({ collect: () => [family('e'), family('a')] });
    registry.register({ collect: () => [family('c')] });
    new Gauge({ name: 'g', help: 'G.', registry });
    deepEqual(await scrape(registry), [
      'target_info{version=1} 1',
      'a 1',
      'b 42',
      'c 1',
      'd 42',
      'e 1',
    ]);
  });

  it('asks callbacks and collectors before it reads the storage', async () => {
    const order: string[] = [];
    const storage = new SharedStorage();
    storage.answer = async () => {
      order.push('storage');
      return [];
    };
    const { registry } = watched({ storage });
    const gauge = new Gauge({
      name: 'g',
      help: 'G.',
      registry,
      callback: async () => {
        order.push('callback');
        return 7;
      },
    });
    registry.register({
      async collect() {
        order.push('collector');
        throw new Error('boom');
      },
    });
    deepEqual(await scrape(registry), []);
    deepEqual(order, ['callback', 'collector', 'storage']);
    equal(gauge.value, 7);
    // Its count lies in the storage, for every process to see.
    deepEqual(storage.living, ['g{}', 'promethium_collector_failures{Object,throw}']);
  });

  it('collects a collector that happens to have a method refresh', async () => {
    const { registry } = watched({ storage: answering(family('shared', 42)) });
    const collector = { refresh() {}, collect: () => [family('own')] };
    registry.register(collector);
    deepEqual(await scrape(registry), ['own 1', 'shared 42']);
    registry.unregister(collector);
  });

  it('says that the storage failed, since that could not', async () => {
    const storage = new SharedStorage();
    storage.answer = () => Promise.reject(new Error('the directory is gone'));
    const { registry, errors } = watched({ storage });
    registry.register({ collect: () => [family('own')] });
    deepEqual(await scrape(registry), [
      'own 1',
      'promethium_collector_failures_total{collector=storage,reason=throw} 1',
    ]);
    equal(
      errors[0]?.message,
      'collector "storage": failed, expected families, got the directory is gone',
    );
  });

  it('bounds the time that a storage may take', async () => {
    const storage = new SharedStorage();
    storage.answer = () => new Promise(() => {});
    const { registry, clock } = watched({ storage });
    const lines = scrape(registry);
    for (let turn = 0; turn < 100 && clock.waiting === 0; turn++) await Promise.resolve();
    clock.pass(5);
    deepEqual(await lines, [
      'promethium_collector_failures_total{collector=storage,reason=timeout} 1',
    ]);
  });

  it('shows what was read before where a reading takes too long, and what it came to next time', async () => {
    const storage = new SharedStorage();
    const { registry, clock } = watched({ storage });
    storage.answer = async () => [family('c', 1)];
    deepEqual(await scrape(registry), ['c 1']);
    let finish: (families: MetricFamily[]) => void = () => {};
    let readings = 0;
    storage.answer = () => {
      readings++;
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const late = scrape(registry);
    for (let turn = 0; turn < 100 && clock.waiting === 0; turn++) await Promise.resolve();
    clock.pass(5);
    const failure = 'promethium_collector_failures_total{collector=storage,reason=timeout}';
    deepEqual(await late, ['c 1', `${failure} 1`]);
    // It is at it still, and is not asked again.
    deepEqual(await scrape(registry), ['c 1', `${failure} 2`]);
    equal(readings, 1);
    // Of what it has read, its own count is not shown as a smaller one.
    finish([family('c', 2), family('promethium_collector_failures_total', 70)]);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    storage.answer = () => Promise.reject(new Error('the directory is gone'));
    deepEqual(await scrape(registry), ['c 2', 'promethium_collector_failures_total 70']);
    storage.answer = async () => [family('c', 3)];
    deepEqual(await scrape(registry), ['c 3']);
  });
});

describe('a collector that cannot describe itself', () => {
  it('fails under the name of its class, and costs its own families alone', async () => {
    class Orders {
      described = 0;
      describe(): never[] {
        if (this.described++ > 0) throw new Error('the database is gone');
        return [];
      }
      collect(): never {
        throw new Error('the database is gone');
      }
    }
    const errors: string[] = [];
    const registry = new CollectorRegistry({ onError: ({ message }) => errors.push(message) });
    registry.register(new Orders());
    const names: string[] = [];
    for await (const { name } of registry.collect()) names.push(name);
    deepEqual(names, ['promethium_collector_failures']);
    deepEqual(errors, ['collector "Orders": failed, expected families, got the database is gone']);
  });

  it('may have a listener that fails, at once or later', async () => {
    for (const onError of [
      () => Promise.reject(new Error('later')),
      () => {
        throw new Error('at once');
      },
    ]) {
      const registry = new CollectorRegistry({ onError });
      registry.register({
        collect() {
          throw new Error('down');
        },
      });
      const names: string[] = [];
      for await (const { name } of registry.collect()) names.push(name);
      deepEqual(names, ['promethium_collector_failures']);
    }
  });
});

describe('a collector that scrapes its own registry', () => {
  it('comes to an end and costs its own families', async () => {
    const errors: string[] = [];
    const registry = new CollectorRegistry({ onError: ({ message }) => errors.push(message) });
    const scrape = async (): Promise<string[]> => {
      const names: string[] = [];
      for await (const { name } of registry.collect()) names.push(name);
      return names;
    };
    new Counter({ name: 'jobs_total', help: 'J.', registry });
    registry.register({
      async collect() {
        await scrape();
        return [];
      },
    });
    deepEqual(await scrape(), ['jobs', 'promethium_collector_failures']);
    deepEqual(errors, [
      'collector "Object": failed, expected families, got 16 calls at once that wait: it may scrape its own registry',
    ]);
  });
});
