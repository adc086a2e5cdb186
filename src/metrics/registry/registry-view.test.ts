import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handMadeFamily } from '../../../test/hand-made-family.ts';
import { toText } from '../../exposition/index.ts';
import type { MetricsError } from '../../model/error.ts';
import type { Collector, MetricFamily } from '../../model/family.ts';
import { CounterMetricFamily } from '../../model/number-families.ts';
import { InfoMetricFamily, StateSetMetricFamily } from '../../model/statement-families.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { Info } from '../instruments/info.ts';
import { AlreadyRegisteredError } from './name-claims.ts';
import { CollectorRegistry } from './registry.ts';

const help = 'H.';

describe('A view of a registry', () => {
  it('gives metrics its prefix and labels, which add up where views nest', async () => {
    const root = new CollectorRegistry({ constantLabels: { zone: 'z' } });
    const library = root.with({ prefix: 'lib_', labels: { pool: 'p', zone: 'y' } });
    const part = library.with({ prefix: 'part_', labels: { shard: 7, pool: 'q' } });
    const options = { help, constantLabels: { own: 'o' }, labelNames: ['shard'] } as const;
    new Counter({ name: 'a_total', ...options, registry: part }).labels('mine').inc();
    new Gauge({ name: 'b', help, registry: library }).set(2);
    new Gauge({ name: 'c', help, registry: root }).set(3);
    equal(
      await toText(root),
      `# HELP lib_part_a_total H.
# TYPE lib_part_a_total counter
lib_part_a_total{zone="y",pool="q",own="o",shard="mine"} 1
# HELP lib_b H.
# TYPE lib_b gauge
lib_b{pool="p",zone="y"} 2
# HELP c H.
# TYPE c gauge
c{zone="z"} 3
`,
    );
  });

  it('shows a collector’s families with them, whose own labels win', async () => {
    const root = new CollectorRegistry({ constantLabels: { zone: 'z' } });
    const collector: Collector = {
      describe: () => [{ name: 'a', type: 'counter' }],
      collect: async () => [
        new CounterMetricFamily({ name: 'a_total', help, labelNames: ['zone'] }).addMetric(
          ['x'],
          1,
        ),
        new InfoMetricFamily({ name: 'i', help })
          .addMetric([], { pool: 'mine', v: '1' })
          .addMetric([], { v: '2' }),
        new InfoMetricFamily({ name: 'j', help, labelNames: ['zone'] }).addMetric(['x'], {
          v: '3',
        }),
        new StateSetMetricFamily({ name: 'pool', help }).addMetric([], { on: true }),
      ],
    };
    const view = root.with({ prefix: 'lib_', labels: { pool: 'p' } });
    view.register(collector);
    equal(view.get('a_total'), collector);
    equal(root.get('lib_a'), collector);
    equal(root.get('a'), undefined);
    equal(
      await toText(root),
      `# HELP lib_a_total H.
# TYPE lib_a_total counter
lib_a_total{pool="p",zone="x"} 1
# HELP lib_i_info H.
# TYPE lib_i_info gauge
lib_i_info{zone="z",pool="mine",v="1"} 1
lib_i_info{zone="z",pool="p",v="2"} 1
# HELP lib_j_info H.
# TYPE lib_j_info gauge
lib_j_info{zone="x",pool="p",v="3"} 1
# HELP lib_pool H.
# TYPE lib_pool gauge
lib_pool{zone="z",pool="p",lib_pool="on"} 1
`,
    );
    view.unregister(collector);
    equal(await toText(root), '');
    root.register(collector, { prefix: 'other_' });
    equal((await toText(root)).split('\n')[2], 'other_a_total{zone="x"} 1');
  });

  it('loses no more than the families of a collector of which one is none', async () => {
    const messages: string[] = [];
    const onError = ({ message }: MetricsError): void => {
      messages.push(message);
    };
    const root = new CollectorRegistry({ onError });
    const view = root.with({ prefix: 'lib_', labels: { pool: 'p' } });
    const sound = (name: string): MetricFamily => handMadeFamily({ name, type: 'gauge' });
    for (const [name, part] of [
      ['a', { labelNames: undefined }],
      ['b', { constantLabels: [undefined] }],
      ['c', { help: 1 }],
    ] as const) {
      const collect = () => [
        sound(`before_${name}`),
        { ...sound(name), ...part } as unknown as MetricFamily,
      ];
      view.register({ name, collect } as Collector);
    }
    view.register({ collect: () => [sound('after')] });
    const expected = `# HELP lib_after Help.
# TYPE lib_after gauge
# HELP promethium_collector_failures_total Scrapes that show none of the families of a collector, by the reason.
# TYPE promethium_collector_failures_total counter
promethium_collector_failures_total{collector="a",reason="throw"} 1
promethium_collector_failures_total{collector="b",reason="throw"} 1
promethium_collector_failures_total{collector="c",reason="throw"} 1
`;
    equal(await toText(root), expected);
    const shape = 'has the wrong shape, expected';
    // What is wrong with the second is said by the engine.
    deepEqual(messages.length, 3);
    deepEqual(
      [messages[0], messages[2]],
      [
        `collector "a": failed, expected families, got family "a": ${shape} labelNames as an array, got undefined`,
        `collector "c": failed, expected families, got family "c": ${shape} a help text, got 1`,
      ],
    );
  });

  it('refuses a name that the registry has, and finds what has it', () => {
    const root = new CollectorRegistry();
    const view = root.with({ prefix: 'lib_' });
    const first = new Gauge({ name: 'lib_a', help, registry: root });
    throws(
      () => new Gauge({ name: 'a', help, registry: view }),
      (error) =>
        error instanceof AlreadyRegisteredError &&
        error.existing === first &&
        error.message ===
          'gauge "lib_a": already registered, expected a free name, got "lib_a", a name of "lib_a", which registry.get() returns',
    );
    equal(view.get('a'), first);
    deepEqual(root.collectors, [first]);
  });

  it('is kept apart from an info metric’s facts', () => {
    const view = new CollectorRegistry().with({ labels: { pool: 'p' } });
    throws(() => new Info({ name: 'i', help, registry: view }).info({ pool: 'q' }), {
      name: 'RangeError',
      message: 'info "i": fact bears a label\'s name, expected another name, got "pool"',
    });
  });

  const refused: readonly (readonly [unknown, string, string])[] = [
    [null, 'TypeError', 'registry "with": no options, expected { prefix, labels }, got null'],
    [{ x: 1 }, 'TypeError', 'registry "with": unknown option, expected prefix, labels, got "x"'],
    [{ prefix: 1 }, 'TypeError', 'registry "with": prefix is no text, expected a string, got 1'],
    [
      { labels: ['a'] },
      'TypeError',
      'registry "with": constant labels are none, expected an object of strings and numbers, got ["a"]',
    ],
    [
      { labels: { a: true } },
      'TypeError',
      'registry "with": constant label "a" has no usable value, expected a string or number, got true',
    ],
    [
      { labels: { le: '1' } },
      'RangeError',
      'registry "with": reserved label name, expected another name, got "le"',
    ],
    [
      { labels: { __a: '1' } },
      'RangeError',
      'registry "with": reserved label name, expected another name, got "__a"',
    ],
  ];
  for (const [options, name, message] of refused) {
    it(`refuses with "${message}"`, () => {
      throws(() => new CollectorRegistry().with(options as object), { name, message });
    });
  }
});

describe('A metric’s constant labels', () => {
  it('are not among its labels', () => {
    throws(
      () =>
        new Gauge({ name: 'g', help, registry: null, labelNames: ['a'], constantLabels: { a: 1 } }),
      {
        name: 'RangeError',
        message: 'gauge "g": label name given twice, expected different names, got "a"',
      },
    );
  });
});

describe('target_info', () => {
  it('comes first, also where one asks for it by name', async () => {
    const registry = new CollectorRegistry({ targetInfo: { service: 'api' } });
    new Gauge({ name: 'g', help, registry }).set(1);
    const target = `# HELP target_info Target metadata
# TYPE target_info gauge
target_info{service="api"} 1
`;
    equal(await toText(registry), `${target}# HELP g H.\n# TYPE g gauge\ng 1\n`);
    equal(await toText(registry.restrictedTo(['target_info'])), target);
    equal(await toText(registry.restrictedTo(['g'])), '# HELP g H.\n# TYPE g gauge\ng 1\n');
    registry.targetInfo = { service: 'web', version: 2 };
    deepEqual(registry.targetInfo, { service: 'web', version: 2 });
    equal((await toText(registry)).split('\n')[2], 'target_info{service="web",version="2"} 1');
    registry.targetInfo = undefined;
    equal(await toText(registry), '# HELP g H.\n# TYPE g gauge\ng 1\n');
    new Info({ name: 'target', help, registry });
  });

  it('has its name claimed', () => {
    const registry = new CollectorRegistry();
    new Info({ name: 'target', help, registry });
    throws(
      () => {
        registry.targetInfo = { a: 1 };
      },
      {
        name: 'AlreadyRegisteredError',
        message:
          'info "target": already registered, expected a free name, got "target", a name of "target", which registry.get() returns',
      },
    );
    equal(registry.targetInfo, undefined);
    const other = new CollectorRegistry({ targetInfo: { a: 1 } });
    throws(() => new Info({ name: 'target', help, registry: other }), {
      name: 'AlreadyRegisteredError',
    });
  });

  it('keeps its facts where new ones are none', () => {
    const registry = new CollectorRegistry({ targetInfo: { a: 1 } });
    throws(
      () => {
        registry.targetInfo = { a: true } as never;
      },
      {
        message:
          'info "target": fact "a" has no usable value, expected a string or number, got true',
      },
    );
    deepEqual(registry.targetInfo, { a: 1 });
  });
});
