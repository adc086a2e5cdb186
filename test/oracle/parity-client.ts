/** Runs programs of metric operations in this client, with a clock that only they move. */

import {
  type Collector,
  CollectorRegistry,
  Counter,
  CounterMetricFamily,
  Enum,
  Gauge,
  GaugeHistogramMetricFamily,
  GaugeMetricFamily,
  Histogram,
  HistogramMetricFamily,
  Info,
  InfoMetricFamily,
  type MetricFamily,
  StateSetMetricFamily,
  Summary,
  SummaryMetricFamily,
  toOpenMetrics,
  toText,
  UnknownMetricFamily,
} from '../../src/index.ts';
import { ManualClock } from '../manual-clock.ts';
import type { Command, FamilyPlan, MetricPlan, Program, View } from './parity-program.ts';

/** What became of a command: it threw, or its metric is not there, as it was refused. */
export type Outcome = 'done' | 'refused' | 'absent';

/** Runs the program and returns what became of each command, and the document of each view. */
export async function runProgram({
  commands,
  created,
  views,
}: Program): Promise<{ readonly outcomes: Outcome[]; readonly documents: string[] }> {
  const run = new ProgramRun();
  const outcomes = commands.map((command) => run.execute(command));
  const documents: string[] = [];
  for (const view of views) documents.push(await expose(run.registry, view, created));
  return { outcomes, documents };
}

function expose(
  registry: CollectorRegistry,
  { format, escaping, names }: View,
  created: boolean,
): Promise<string> {
  const source = names === undefined ? registry : registry.restrictedTo(names);
  return format === 'text'
    ? toText(source, { escaping })
    : toOpenMetrics(source, { escaping, created });
}

const INSTRUMENTS = {
  counter: Counter,
  gauge: Gauge,
  summary: Summary,
  histogram: Histogram,
  info: Info,
  enum: Enum,
};

/** Any instrument and any child. Programs call what is not there as well, and are refused. */
type Anything = Collector & Record<string, (...given: readonly unknown[]) => unknown>;

class ProgramRun {
  readonly registry: CollectorRegistry;
  readonly #clock = new ManualClock();
  readonly #metrics = new Map<number, Anything>();
  readonly #kept = new Map<string, Anything>();

  constructor() {
    // A program whose collectors fail would be compared with itself.
    const onError = (error: Error): never => {
      throw error;
    };
    this.registry = new CollectorRegistry({ clock: this.#clock, onError });
  }

  execute(command: Command): Outcome {
    const { op } = command;
    const makes = op === 'declare' || op === 'register' || op === 'pass' || op === 'targetInfo';
    if (!makes && !this.#metrics.has(command.id)) return 'absent';
    try {
      this.#execute(command);
      return 'done';
    } catch {
      return 'refused';
    }
  }

  #execute(command: Command): void {
    switch (command.op) {
      case 'declare': {
        const Instrument = INSTRUMENTS[command.type] as new (options: object) => unknown;
        const metric = new Instrument({ ...command.options, registry: this.registry });
        this.#metrics.set(command.id, metric as Anything);
        break;
      }
      case 'register': {
        const families = command.families.map(toFamily);
        const collector = { describe: () => families, collect: () => families };
        this.registry.register(collector);
        this.#metrics.set(command.id, collector as unknown as Anything);
        break;
      }
      case 'unregister':
        this.registry.unregister(this.#metrics.get(command.id)!);
        break;
      case 'remove':
        this.#metrics.get(command.id)!['remove']!(...command.labels);
        break;
      case 'removeMatching':
        this.#metrics.get(command.id)!['removeMatching']!(command.labels);
        break;
      case 'clear':
        this.#metrics.get(command.id)!['clear']!();
        break;
      case 'pass':
        this.#clock.pass(command.seconds);
        break;
      case 'targetInfo':
        this.registry.targetInfo = command.labels ?? undefined;
        break;
      case 'call':
        this.#call(command);
    }
  }

  #call({ method, argument, exemplar, ...command }: Command & { readonly op: 'call' }): void {
    const child = this.#child(command);
    const own = METHODS[method];
    if (own !== undefined) own(child, argument as never, this.#clock);
    else if (exemplar !== undefined) child[method]!(argument, { exemplar });
    else child[method]!(argument);
  }

  #child({
    id,
    labels,
    kept,
  }: Pick<Command & { readonly op: 'call' }, 'id' | 'labels' | 'kept'>): Anything {
    const metric = this.#metrics.get(id)!;
    if (labels === null) return metric;
    if (!Array.isArray(labels)) return metric['labels']!(labels) as Anything;
    const key = JSON.stringify([id, labels]);
    const known = this.#kept.get(key);
    if (kept && known !== undefined) return known;
    const child = metric['labels']!(...labels) as Anything;
    this.#kept.set(key, child);
    return child;
  }
}

class OtherError extends Error {}

/** Methods that take something else than the argument as it stands. */
const METHODS: Readonly<
  Record<string, (child: Anything, argument: never, clock: ManualClock) => void>
> = {
  setFunction: (child, value: number) => child['setFunction']!(() => value),
  time: (child, seconds: number, clock) => child['time']!(() => clock.pass(seconds)),
  countExceptions(child, { filtered, raised }: { filtered: boolean; raised: string | null }) {
    const fail = (): void => {
      if (raised !== null) throw raised === 'other' ? new OtherError() : new Error();
    };
    const filter = filtered ? (error: unknown) => error instanceof OtherError : undefined;
    unlessFailing(raised !== null, () => child['countExceptions']!(fail, filter));
  },
  trackInProgress(child, raised: boolean) {
    const fail = (): void => {
      if (raised) throw new OtherError();
    };
    unlessFailing(raised, () => child['trackInProgress']!(fail));
  },
};

/** Swallows the program's own error, and no refusal. */
function unlessFailing(raised: boolean, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!raised || error instanceof TypeError || error instanceof RangeError) throw error;
  }
}

const FAMILIES = {
  counter: CounterMetricFamily,
  gauge: GaugeMetricFamily,
  summary: SummaryMetricFamily,
  histogram: HistogramMetricFamily,
  gaugehistogram: GaugeHistogramMetricFamily,
  info: InfoMetricFamily,
  stateset: StateSetMetricFamily,
  unknown: UnknownMetricFamily,
};

function toFamily({ type, metrics, ...options }: FamilyPlan): MetricFamily {
  const family = new FAMILIES[type](options);
  for (const metric of metrics) addMetric(family, metric);
  return family;
}

function addMetric(family: MetricFamily, { labels, value, ...metric }: MetricPlan): void {
  const add = (...given: readonly unknown[]): unknown =>
    (family as unknown as Anything)['addMetric']!(labels, ...given);
  if (value === undefined) add(metric);
  else add(value, metric);
}
