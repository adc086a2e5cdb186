/** What `docs/coming-from-python.md` says is different, so that it is neither more nor less than true. */

import { deepEqual } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compare, withoutParity } from './parity-comparison.ts';
import type {
  Command,
  DeclareOptions,
  FamilyPlan,
  InstrumentWord,
  Method,
  View,
} from './parity-program.ts';
import { PythonJudge, type PythonVerdict, pythonName } from './python.ts';

interface Difference {
  readonly title: string;
  readonly commands: readonly Command[];
  readonly view?: View;
  /** What became of the last command, and the samples. */
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

function declare(type: InstrumentWord, options: Partial<DeclareOptions> = {}): Command {
  return {
    op: 'declare',
    id: 0,
    type,
    options: { name: 'x', help: 'Help.', labelNames: [], ...options },
  };
}

function call(
  method: Method,
  argument?: unknown,
  labels: readonly string[] | null = null,
): Command {
  return { op: 'call', id: 0, labels, kept: false, method, argument };
}

function incWith(exemplar: Readonly<Record<string, string>>): Command {
  return { ...call('inc', 1), exemplar } as Command;
}

function family(plan: Partial<FamilyPlan>): Command {
  const whole = { type: 'gauge', name: 'x', help: 'Help.', labelNames: [], metrics: [], ...plan };
  return { op: 'register', id: 0, families: [whole as FamilyPlan] };
}

const TEXT: View = { format: 'text', escaping: 'underscores' };
const OPENMETRICS: View = { format: 'openmetrics', escaping: 'underscores' };
const DOTS: View = { format: 'text', escaping: 'dots' };

const DIFFERENCES: readonly Difference[] = [
  {
    title: 'a counter is not increased by NaN',
    commands: [declare('counter'), call('inc', NaN)],
    ours: ['refused', 'x_total 0'],
    theirs: ['done', 'x_total NaN'],
  },
  {
    title: 'a gauge is not moved by infinity',
    commands: [declare('gauge'), call('inc', Infinity)],
    ours: ['refused', 'x 0'],
    theirs: ['done', 'x Infinity'],
  },
  {
    title: 'NaN is not observed',
    commands: [declare('summary'), call('observe', NaN)],
    ours: ['refused', 'x_count 0', 'x_sum 0'],
    theirs: ['done', 'x_count 1', 'x_sum NaN'],
  },
  {
    title: 'a label name is not given twice',
    commands: [declare('gauge', { labelNames: ['a', 'a'] })],
    ours: ['refused'],
    theirs: ['done'],
  },
  {
    title: 'a label name is not empty',
    commands: [declare('gauge', { labelNames: [''] })],
    ours: ['refused'],
    theirs: ['done'],
  },
  {
    title: 'label names of families are checked',
    commands: [family({ labelNames: ['__name__'] })],
    ours: ['refused'],
    theirs: ['done'],
  },
  {
    title: 'a label value is a string or a number',
    commands: [
      declare('gauge', { labelNames: ['a'] }),
      call('set', 1, [true as unknown as string]),
    ],
    ours: ['refused'],
    theirs: ['done', 'x{a="True"} 1'],
  },
  {
    title: 'an instrument has help',
    commands: [declare('gauge', { help: '' })],
    ours: ['refused'],
    theirs: ['done', 'x 0'],
  },
  {
    title: 'bounds are not equal',
    commands: [declare('histogram', { buckets: [1, 1] }), call('observe', 0)],
    ours: ['absent'],
    theirs: [
      'done',
      'x_bucket{le="1.0"} 1',
      'x_bucket{le="1.0"} 1',
      'x_bucket{le="+Inf"} 1',
      'x_count 1',
      'x_sum 0',
    ],
  },
  {
    title: 'an enum has a name that a label can have',
    commands: [declare('enum', { name: 'a:b', states: ['on'] })],
    ours: ['refused'],
    theirs: ['done', 'a:b{a_b="on"} 1'],
  },
  {
    title: 'an enum may have a label named as it is before the namespace',
    commands: [declare('enum', { namespace: 'app', states: ['on'], labelNames: ['x'] })],
    ours: ['done'],
    theirs: ['refused'],
  },
  {
    title: 'an enum has each state once',
    commands: [declare('enum', { states: ['on', 'on'] })],
    ours: ['refused'],
    theirs: ['done', 'x{x="on"} 1', 'x{x="on"} 0'],
  },
  {
    title: 'facts have names that labels can have',
    commands: [declare('info'), call('info', { __name__: 'y' })],
    ours: ['refused'],
    theirs: ['done', 'unreadable: ValueError: metric name specified more than once'],
  },
  {
    title: 'a metric without labels has no children to clear',
    commands: [declare('gauge'), { op: 'clear', id: 0 }],
    ours: ['refused', 'x 0'],
    theirs: ['done', 'x 0'],
  },
  {
    title: 'nothing is matched by nothing',
    commands: [
      declare('gauge', { labelNames: ['a'] }),
      { op: 'removeMatching', id: 0, labels: {} },
    ],
    ours: ['refused'],
    theirs: ['done'],
  },
  {
    title: 'no metric stands beside target info under its name',
    commands: [declare('gauge', { name: 'target' }), { op: 'targetInfo', labels: { env: 'test' } }],
    ours: ['refused', 'target 0'],
    theirs: ['done', 'target_info{env="test"} 1', 'target 0'],
  },
  {
    title: 'the unit of a counter is not "total"',
    commands: [declare('counter', { unit: 'total' })],
    ours: ['refused'],
    theirs: ['done', 'x_total_total 0'],
  },
  {
    title: '_info is not added to a name that has it',
    commands: [declare('info', { name: 'build_info' }), call('info', { a: 'b' })],
    ours: ['done', 'build_info{a="b"} 1'],
    theirs: ['done', 'build_info_info{a="b"} 1'],
  },
  {
    title: 'an info metric that was told nothing is not shown',
    commands: [declare('info')],
    ours: ['done'],
    theirs: ['done', 'x_info 1'],
  },
  {
    title: 'text has the sum of a histogram with a bound below 0',
    commands: [declare('histogram', { buckets: [-1] }), call('observe', -2)],
    ours: ['done', 'x_bucket{le="-1.0"} 1', 'x_bucket{le="+Inf"} 1', 'x_count 1', 'x_sum -2'],
    theirs: ['done', 'x_bucket{le="-1.0"} 1', 'x_bucket{le="+Inf"} 1', 'x_count 1'],
  },
  {
    title: 'OpenMetrics of a histogram with a bound below 0 can be read',
    commands: [declare('histogram', { buckets: [-1] })],
    view: OPENMETRICS,
    ours: ['done', 'x_bucket{le="-1.0"} 0', 'x_bucket{le="+Inf"} 0'],
    theirs: ['done', 'unreadable: ValueError: _sum/_gsum must be present if _count is present'],
  },
  {
    title: 'names keep their colon in OpenMetrics',
    commands: [declare('gauge', { name: 'a:b' })],
    view: OPENMETRICS,
    ours: ['done', 'a:b 0'],
    theirs: ['done', 'a_b 0'],
  },
  {
    title: 'names that need no escaping are left alone by dots',
    commands: [declare('gauge', { name: 'a_b' })],
    view: DOTS,
    ours: ['done', 'a_b 0'],
    theirs: ['done', 'a__b 0'],
  },
  {
    title: 'suffixes of lines are left alone by dots',
    commands: [declare('summary', { name: 'a.b' })],
    view: DOTS,
    ours: ['done', 'a_dot_b_count 0', 'a_dot_b_sum 0'],
    theirs: ['done', 'a_dot_b__count 0', 'a_dot_b__sum 0'],
  },
  {
    title: 'names that become the same are not both shown',
    commands: [
      declare('gauge', { name: 'a_b' }),
      { ...declare('gauge', { name: 'a.b' }), id: 1 } as Command,
    ],
    ours: ['done', 'a_b 0', 'promethium_exposition_omissions{family="a.b",reason="name"} 1'],
    theirs: ['done', 'a_b 0', 'a_b 0'],
  },
  {
    title: 'an exemplar that is too long is dropped, and its count is not refused',
    commands: [declare('counter'), incWith({ a: 'b'.repeat(128) })],
    view: OPENMETRICS,
    ours: [
      'done',
      'x_total 1',
      'promethium_exemplars_dropped_total{metric="x",reason="too_long"} 1',
    ],
    theirs: ['refused', 'x_total 1'],
  },
  {
    title: 'an exemplar has label names like others',
    commands: [declare('counter'), incWith({ 'trace.id': 'b' })],
    view: OPENMETRICS,
    ours: ['done', 'x_total 1 # {"trace_id":"b"}'],
    theirs: ['done', 'unreadable: ValueError: Invalid labels'],
  },
  {
    title: 'a counter that begins anew has no exemplar',
    commands: [declare('counter'), incWith({ a: 'b' }), call('reset')],
    view: OPENMETRICS,
    ours: ['done', 'x_total 0'],
    theirs: ['done', 'x_total 0 # {"a":"b"}'],
  },
  {
    title: 'an exemplar of a family that is too long is dropped',
    commands: [
      family({
        type: 'counter',
        metrics: [{ labels: [], value: 1, exemplar: { labels: { a: 'b'.repeat(128) }, value: 1 } }],
      }),
    ],
    view: OPENMETRICS,
    ours: ['done', 'x_total 1'],
    theirs: ['done', 'unreadable: ValueError: Exemplar labels are too long'],
  },
  {
    title: 'text has the count of a histogram without a sum',
    commands: [family({ type: 'histogram', metrics: [{ labels: [], buckets: [[Infinity, 1]] }] })],
    ours: ['done', 'x_bucket{le="+Inf"} 1', 'x_count 1'],
    theirs: ['done', 'x_bucket{le="+Inf"} 1'],
  },
  {
    title: 'a family has each series once',
    commands: [
      family({
        metrics: [
          { labels: [], value: 1 },
          { labels: [], value: 2 },
        ],
      }),
    ],
    ours: ['refused'],
    theirs: ['done', 'x 1', 'x 2'],
  },
  {
    title: 'no metric is asked for by the name of target info',
    commands: [declare('gauge', { name: 'target_info' })],
    view: { ...TEXT, names: ['target_info'] },
    ours: ['done', 'target_info 0'],
    theirs: ['done'],
  },
  {
    title: 'times in text are rounded',
    commands: [
      family({
        metrics: [{ labels: [], value: 1, timestamp: { seconds: 1, nanos: 1_000_000 } }],
      }),
    ],
    ours: ['done', 'x 1 at 1.001'],
    theirs: ['done', 'x 1 at 1.000'],
  },
  {
    title: 'a family is asked for by its name',
    commands: [declare('counter')],
    view: { ...TEXT, names: ['x'] },
    ours: ['done', 'x_total 0'],
    theirs: ['done'],
  },
];

/** The samples on a line each, or why there are none to be read. */
function toLines(verdict: PythonVerdict): string[] {
  if ('error' in verdict) return [`unreadable: ${verdict.error}`];
  return verdict.flatMap(({ samples }) =>
    samples.map(({ name, labels, value, timestamp, exemplar }) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
      const braces = pairs.length > 0 ? `{${pairs}}` : '';
      const time = timestamp === null ? '' : ` at ${timestamp}`;
      const mark = exemplar === null ? '' : ` # ${JSON.stringify(exemplar.labels)}`;
      return `${name}${braces} ${value}${time}${mark}`;
    }),
  );
}

describe(`on purpose other than in ${pythonName}`, { skip: withoutParity }, () => {
  let python: PythonJudge;

  before(() => {
    python = new PythonJudge();
  });

  after(() => python?.[Symbol.asyncDispose]());

  for (const { title, commands, view = TEXT, ours, theirs } of DIFFERENCES) {
    it(title, async () => {
      const { outcomes, views } = await compare(python, {
        commands,
        created: false,
        views: [view],
      });
      const shown = views[0]!;
      deepEqual(
        {
          ours: [outcomes.ours.at(-1), ...toLines(shown.ours)],
          theirs: [outcomes.theirs.at(-1), ...toLines(shown.theirs)],
        },
        { ours, theirs },
      );
    });
  }
});
