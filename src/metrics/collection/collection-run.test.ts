import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../../test/hand-made-family.ts';
import { collectedLines } from '../../../test/sample-lines.ts';
import { BOUNDED, gaugeFamily, SlowCollector, watched } from '../../../test/watched-registry.ts';
import type { Collector } from '../../model/family.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { CollectorRegistry } from '../registry/registry.ts';

describe('a scrape', BOUNDED, () => {
  const shapes: readonly (readonly [string, () => unknown])[] = [
    ['an array', () => [gaugeFamily('x')]],
    ['a set', () => new Set([gaugeFamily('x')])],
    [
      'a generator',
      function* () {
        yield gaugeFamily('x');
      },
    ],
    ['a promise', () => Promise.resolve([gaugeFamily('x')])],
    ['an async function', async () => [gaugeFamily('x')]],
    [
      'an async generator',
      async function* () {
        yield gaugeFamily('x');
      },
    ],
    [
      'a promise of an async iterable',
      async () => ({
        async *[Symbol.asyncIterator]() {
          yield gaugeFamily('x');
        },
      }),
    ],
    [
      'a thenable',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a promise of another library
        then: (settle: (families: unknown) => void) => settle([gaugeFamily('x')]),
      }),
    ],
  ];
  for (const [shape, collect] of shapes) {
    it(`takes families from ${shape}`, async () => {
      const { registry, errors, clock } = watched();
      registry.register({ collect } as Collector);
      deepEqual(await collectedLines(registry), ['x 1']);
      deepEqual(errors, []);
      equal(clock.waiting, 0);
    });
  }

  it('starts all collectors together and shows them in order', async () => {
    const { registry } = watched();
    const slow = new SlowCollector();
    const slower = new SlowCollector();
    registry.register(slower);
    registry.register(slow);
    const lines = collectedLines(registry);
    // The first step of the generator runs once it is asked.
    await Promise.resolve();
    equal(slow.answers.length, 1);
    slow.answers[0]!.resolve([gaugeFamily('second')]);
    slower.answers[0]!.resolve([gaugeFamily('first')]);
    deepEqual(await lines, ['first 1', 'second 1']);
  });

  it('takes in a registry as a collector', async () => {
    const { registry } = watched();
    const inner = new CollectorRegistry();
    new Gauge({ name: 'inner', help: 'I.', registry: inner }).set(2);
    registry.register(inner);
    deepEqual(await collectedLines(registry), ['inner 2']);
  });

  const failing: readonly (readonly [string, () => unknown, string])[] = [
    [
      'throws',
      () => {
        throw new Error('boom');
      },
      'threw, expected families, got Error: boom',
    ],
    [
      'throws what is no error',
      () => {
        throw 'boom';
      },
      'threw, expected families, got "boom"',
    ],
    [
      'throws an error whose name is no text',
      () => {
        throw Object.assign(new Error('boom'), { name: Symbol('mine') });
      },
      'threw, expected families, got what cannot be told',
    ],
    [
      'rejects',
      () => Promise.reject(new Error('boom')),
      'threw, expected families, got Error: boom',
    ],
    [
      'throws while it generates',
      function* () {
        yield gaugeFamily('half');
        throw new Error('boom');
      },
      'threw, expected families, got Error: boom',
    ],
    [
      'rejects while it generates',
      async function* () {
        yield gaugeFamily('half');
        throw new Error('boom');
      },
      'threw, expected families, got Error: boom',
    ],
    ['returns nothing', () => undefined, 'failed, expected a list of families, got undefined'],
    ['returns null', () => null, 'failed, expected a list of families, got null'],
    ['returns a number', () => 5, 'failed, expected a list of families, got 5'],
    ['returns text', () => 'x 1', 'failed, expected a list of families, got "x 1"'],
    [
      'returns a family alone',
      () => gaugeFamily('x'),
      'failed, expected a list of families, got one alone: an object of class GaugeMetricFamily',
    ],
    [
      'resolves to a family alone',
      async () => gaugeFamily('x'),
      'failed, expected a list of families, got one alone: an object of class GaugeMetricFamily',
    ],
    [
      'returns what are no families',
      () => [gaugeFamily('x'), { name: 'y' }],
      'failed, expected a list of families, got an object in it',
    ],
    [
      'returns a hole',
      () => [undefined],
      'failed, expected a list of families, got undefined in it',
    ],
    [
      'returns a family of unknown type',
      () => [handMadeFamily({ name: 'y', type: 'untyped' as never })],
      'failed, expected a known type of family "y", got "untyped"',
    ],
  ];
  for (const [what, collect, reason] of failing) {
    it(`loses no more than the families of a collector that ${what}`, async () => {
      const { registry, errors } = watched();
      new Gauge({ name: 'before', help: 'B.', registry });
      registry.register({ name: 'mine', collect } as Collector);
      new Gauge({ name: 'after', help: 'A.', registry });
      deepEqual(await collectedLines(registry), [
        'before 0',
        'after 0',
        'promethium_collector_failures_total{collector=mine,reason=throw} 1',
      ]);
      deepEqual(
        errors.map(({ code, message }) => [code, message]),
        [['COLLECT_FAILED', `collector "mine": ${reason}`]],
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
    await collectedLines(registry);
    deepEqual(await collectedLines(registry), [
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
    await collectedLines(registry);
    const message = 'collector "disks": threw, expected families, got Error: down';
    deepEqual(errors, [message]);
    equal(written.mock.callCount(), 0);
    registry.onError = undefined;
    await collectedLines(registry);
    await collectedLines(registry);
    deepEqual(
      written.mock.calls.map((call) => call.arguments),
      [['promethium: collector "disks": threw, expected families, got', cause]],
    );
  });

  it('ends without harm where the reader leaves early', async () => {
    const { registry } = watched();
    const slow = new SlowCollector();
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

describe('a name that is exposed already', () => {
  it('is shown once, by whoever came first, and is a failure of the other', async () => {
    const { registry, errors } = watched();
    registry.register({ name: 'one', collect: () => [gaugeFamily('x', 1)] } as Collector);
    registry.register({
      name: 'two',
      collect: () => [gaugeFamily('y', 2), gaugeFamily('x', 2)],
    } as Collector);
    deepEqual(await collectedLines(registry), [
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
      collect: () => [gaugeFamily('c_created'), gaugeFamily('x'), gaugeFamily('x')],
    } as Collector);
    deepEqual(await collectedLines(registry), [
      'c_total 0',
      'x 1',
      'promethium_collector_failures_total{collector=mine,reason=duplicate} 2',
    ]);
  });

  it('is no name of the failures themselves', async () => {
    const { registry } = watched();
    registry.register({ collect: () => [gaugeFamily('promethium_collector_failures')] });
    registry.register({
      collect: () => {
        throw new Error('boom');
      },
    });
    deepEqual(await collectedLines(registry), ['promethium_collector_failures 1']);
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
      'collector "Object": failed, expected an answer, got 16 calls at once that wait for one: it may scrape its own registry',
    ]);
  });
});
