import {
  AlreadyRegisteredError,
  type Collector,
  CollectorRegistry,
  Counter,
  type CounterChild,
  Enum,
  type EnumChild,
  Gauge,
  type GaugeChild,
  GaugeMetricFamily,
  Histogram,
  type HistogramChild,
  Info,
  type InfoChild,
  InfoMetricFamily,
  type Instrument,
  type Labelled,
  type LabelledByName,
  type Metric,
  REGISTRY,
  Summary,
  type SummaryChild,
  SummaryMetricFamily,
  type Timer,
} from './index.ts';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expectType<_ extends true>(): void {}

const help = 'Help.';

// Without labels, the metric itself; with them, what makes it. Names are inferred as literals.
const plain = new Counter({ name: 'plain_total', help });
expectType<Equal<typeof plain, CounterChild>>();
const requests = new Counter({ name: 'requests_total', help, labelNames: ['method', 'status'] });
expectType<Equal<typeof requests, Labelled<CounterChild, ['method', 'status']>>>();
const none = new Counter({ name: 'none_total', help, labelNames: [] });
expectType<Equal<typeof none, CounterChild>>();

// A list of names that was made before, frozen or not.
const frozen = ['method', 'status'] as const;
const byFrozen = new Counter({ name: 'frozen_total', help, labelNames: frozen });
byFrozen.labels('GET', 200).inc();
byFrozen.labels({ status: 200, method: 'GET' }).inc();
// @ts-expect-error a value is missing
byFrozen.labels('GET');

// The other five are declared alike.
const gauge = new Gauge({ name: 'g', help, labelNames: ['a'] });
expectType<Equal<typeof gauge, Labelled<GaugeChild, ['a']>>>();
const summary = new Summary({ name: 's', help, labelNames: ['a'] });
expectType<Equal<typeof summary, Labelled<SummaryChild, ['a']>>>();
const histogram = new Histogram({ name: 'h', help, labelNames: ['a'], buckets: [1, 2] });
expectType<Equal<typeof histogram, Labelled<HistogramChild, ['a']>>>();
const info = new Info({ name: 'i', help, labelNames: ['a'] });
expectType<Equal<typeof info, Labelled<InfoChild, ['a']>>>();
const state = new Enum({ name: 'e', help, labelNames: ['a'], states: ['on', 'off'] });
expectType<Equal<typeof state, Labelled<EnumChild<'on' | 'off'>, ['a']>>>();

// The states of an enum are known, whether it has labels or not.
state.labels('x').state('off');
// @ts-expect-error not one of the states
state.labels('x').state('sideways');
const door = new Enum({ name: 'door', help, states: ['open', 'closed'] });
expectType<Equal<typeof door, EnumChild<'open' | 'closed'>>>();
expectType<Equal<typeof door.value, 'open' | 'closed'>>();
door.state('closed');
// @ts-expect-error not one of the states
door.state('ajar');
const frozenStates = ['open', 'closed'] as const;
export const anyDoor: Enum = new Enum({ name: 'any', help, states: frozenStates });
export const thisDoor: Enum<never, 'open' | 'closed'> = door;
// @ts-expect-error it has other states
export const otherDoor: Enum<never, 'open' | 'shut'> = door;
export const anyDoors: Enum<['a']> = state;
export const theseDoors: Enum<['a'], 'on' | 'off'> = state;
// States that are known at run time alone.
new Enum({ name: 'late', help, states: names() }).state('anything');
// What one number is the value of.
new GaugeMetricFamily({ name: 'one', help, value: 3 });
new InfoMetricFamily({ name: 'one', help, value: { version: '1' } });
// @ts-expect-error a summary is no single number
new SummaryMetricFamily({ name: 'one', help, value: 3 });
new GaugeMetricFamily({ name: 'some', help, labelNames: ['a'] }).addMetric({ a: 'x' }, 1);

// Label values: by name in any order, by position in the declared one, strings and numbers.
requests.labels({ method: 'GET', status: 200 }).inc();
requests.labels({ status: '200', method: 'GET' }).inc(3);
requests.labels('GET', 200).inc();
expectType<Equal<ReturnType<typeof requests.labels>, CounterChild>>();
expectType<Equal<typeof requests.labelNames, readonly ['method', 'status']>>();
// @ts-expect-error a label is missing
requests.labels({ method: 'GET' });
// @ts-expect-error a label is unknown
requests.labels({ method: 'GET', status: 200, path: '/' });
// @ts-expect-error a label is misspelt
requests.labels({ method: 'GET', statu: 200 });
// @ts-expect-error a value is missing
requests.labels('GET');
// @ts-expect-error there is one value too many
requests.labels('GET', 200, '/');
// @ts-expect-error no values
requests.labels();
// @ts-expect-error a label value is a string or a number
requests.labels('GET', true);
// @ts-expect-error a label value is a string or a number
requests.labels({ method: 'GET', status: undefined });
// @ts-expect-error a label value is a string or a number
requests.labels({ method: 'GET', status: null });
// @ts-expect-error values are no list
requests.labels(['GET', 200]);
requests.remove('GET', 200);
requests.remove({ method: 'GET', status: 200 });
// @ts-expect-error a value is missing
requests.remove('GET');
requests.clear();

// Values that are known, and those that stand for what is not given.
const known = new Counter({
  name: 'known_total',
  help,
  labelNames: ['method', 'status', 'region'],
  labelValues: { method: ['GET', 'POST'], status: [200, 404] },
  labelDefaults: { region: 'eu' },
});
known.labels({ method: 'GET', status: 200 }).inc();
known.labels({ method: 'GET', status: '200', region: 'us' }).inc();
known.labels('POST', 404, 'anywhere').inc();
// @ts-expect-error not one of the methods
known.labels({ method: 'PUT', status: 200 });
// @ts-expect-error not one of the states
known.labels('GET', 500, 'eu');
// @ts-expect-error a label without a default is missing
known.labels({ method: 'GET' });
known.initialize({ region: ['eu', 'us'] });
// @ts-expect-error the values of a label are missing
known.initialize({});
// @ts-expect-error values of an unknown label
new Counter({ name: 'x_total', help, labelNames: ['a'], labelValues: { b: ['1'] } });
// @ts-expect-error a default of an unknown label
new Counter({ name: 'x_total', help, labelNames: ['a'], labelDefaults: { b: '1' } });
// @ts-expect-error it takes fewer values than a field of this type must
export const knownAsAny: Counter<['method', 'status', 'region']> = known;
requests.initialize({ method: ['GET'], status: [200, 404] });
// @ts-expect-error the values of a label are missing
requests.initialize({ method: ['GET'] });
const removed = requests.removeMatching({ status: 200 });
expectType<Equal<typeof removed, number>>();
requests.removeMatching(({ method, status }) => method === 'GET' && status.startsWith('5'));
// @ts-expect-error an unknown label
requests.removeMatching({ path: '/' });

// What a metric with labels cannot do, and one without.
// @ts-expect-error it has labels
requests.inc();
// @ts-expect-error it has labels
requests.value;
// @ts-expect-error it has labels
gauge.set(1);
// @ts-expect-error it has labels
histogram.observe(1);
// @ts-expect-error it has labels
state.state('on');
// @ts-expect-error it has no labels
plain.labels('GET');
// @ts-expect-error it has no labels
plain.labels({ method: 'GET' });
// @ts-expect-error it has no children to clear
plain.clear();
// @ts-expect-error a child has no labels
requests.labels('GET', 200).labels('GET', 200);

// Types of fields, and what fits them.
declare function names(): string[];
class Service {
  readonly requests: Counter<['method', 'status']> = requests;
  readonly byName: Counter<'method' | 'status'> = requests;
  readonly plain: Counter = plain;
  readonly child: Counter = requests.labels('GET', 200);
  readonly any: Counter<string> = new Counter({ name: 'any_total', help, labelNames: names() });
  readonly durations: Histogram<['a']> = histogram;
  readonly level: Gauge<'a'> = gauge;
}
const { byName } = new Service();
expectType<Equal<typeof byName, LabelledByName<CounterChild, 'method' | 'status'>>>();
byName.labels({ method: 'GET', status: 200 }).inc();
byName.remove({ method: 'GET', status: 200 });
// @ts-expect-error a label is missing
byName.labels({ method: 'GET' });
// @ts-expect-error the order is not known
byName.labels('GET', 200);

// @ts-expect-error the order of labels is another
export const swapped: Counter<['status', 'method']> = requests;
// @ts-expect-error it has a label more
export const fewer: Counter<['method']> = requests;
// @ts-expect-error it has a label more
export const fewerByName: Counter<'method'> = requests;
// @ts-expect-error it has a label less
export const moreByName: Counter<'method' | 'status' | 'path'> = requests;
// @ts-expect-error it has labels
export const asPlain: Counter = requests;
// @ts-expect-error it has no labels
export const asLabelled: Counter<['method']> = plain;
// @ts-expect-error a gauge is no counter
export const gaugeAsCounter: Counter = new Gauge({ name: 'x', help });
// @ts-expect-error a counter is no gauge
export const counterAsGauge: Gauge = plain;
// @ts-expect-error a histogram is no summary
export const histogramAsSummary: Summary = new Histogram({ name: 'x', help });
// @ts-expect-error a gauge with labels is no counter with them
export const labelledGauge: Counter<['a']> = gauge;

// Whatever the type, a metric is a collector.
export const collectors: Collector[] = [plain, requests, gauge, histogram, info, state, REGISTRY];
export const metrics: Metric[] = [plain, requests];
export const labelled: Instrument[] = [requests, gauge];

// Options.
// @ts-expect-error help is required
new Counter({ name: 'helpless_total' });
// @ts-expect-error a name is required
new Gauge({ help });
// @ts-expect-error no options at all
new Counter();
// @ts-expect-error buckets are a histogram's
new Counter({ name: 'x_total', help, buckets: [1] });
// @ts-expect-error callbacks are a counter's or a gauge's
new Histogram({ name: 'x', help, callback: () => 1 });
// @ts-expect-error modes are a gauge's or an enum's
new Counter({ name: 'x_total', help, multiprocessMode: 'max' });
// @ts-expect-error not one of the modes
new Gauge({ name: 'x', help, multiprocessMode: 'average' });
// @ts-expect-error not one of the modes of an enum
new Enum({ name: 'x', help, states: ['a'], multiprocessMode: 'sum' });
// @ts-expect-error an enum has states
new Enum({ name: 'x', help });
// @ts-expect-error bounds are numbers
new Histogram({ name: 'x', help, buckets: ['1'] });
// @ts-expect-error a misspelt option
new Counter({ name: 'x_total', help, labelsNames: ['a'] });
// @ts-expect-error a registry is one, or null
new Counter({ name: 'x_total', help, registry: {} });
new Counter({ name: 'x_total', help, registry: null });
new Counter({ name: 'x_total', help, registry: new CollectorRegistry() });
new Counter({ name: 'x_total', help, registry: REGISTRY.with({ prefix: 'lib_' }) });
new Counter({ name: 'x', help, namespace: 'n', subsystem: 's', unit: 'bytes', maxChildren: 1 });
// @ts-expect-error an info metric has no unit
new Info({ name: 'x', help, unit: 'bytes' });
// @ts-expect-error an enum has no unit
new Enum({ name: 'x', help, states: ['a'], unit: 'bytes' });
// @ts-expect-error called without new
Counter({ name: 'x_total', help });

// Collectors of the service and of the process.
const collector = { collect: () => [] };
REGISTRY.register(collector, { scope: 'process', multiprocessMode: 'livesum', prefix: 'a_' });
REGISTRY.with({ prefix: 'lib_' }).register(collector, { scope: 'service' });
// @ts-expect-error neither of the two scopes
REGISTRY.register(collector, { scope: 'cluster' });
// @ts-expect-error not one of the modes
REGISTRY.register(collector, { scope: 'process', multiprocessMode: 'average' });
// @ts-expect-error a view's prefix is its own
REGISTRY.with({}).register(collector, { prefix: 'a_' });

// Amounts.
// @ts-expect-error an amount is a number
plain.inc('1');
// @ts-expect-error labels go to labels()
plain.inc({ method: 'GET' });
// @ts-expect-error counters do not go down
plain.dec();
// @ts-expect-error a count is read, not written
plain.value = 5;
// @ts-expect-error a value is required
new Gauge({ name: 'x', help }).set();
// @ts-expect-error count is a number
new Summary({ name: 'x', help }).observe(1, { count: '2' });
// @ts-expect-error facts are strings or numbers
new Info({ name: 'x', help }).info({ debug: true });
new Gauge({ name: 'x', help, callback: async () => 1 }).setFunction(() => 1);
// @ts-expect-error a callback returns a number
new Gauge({ name: 'x', help }).setFunction(() => '1');

// What wraps a function returns what it returns.
const durations = new Histogram({ name: 'durations_seconds', help });
const level = new Gauge({ name: 'level', help });
const sync = durations.time(() => 7);
expectType<Equal<typeof sync, number>>();
const async = durations.time(async () => 'text');
expectType<Equal<typeof async, Promise<string>>>();
const tracked = level.trackInProgress(() => Promise.resolve(1n));
expectType<Equal<typeof tracked, Promise<bigint>>>();
const counted = plain.countExceptions(
  () => [1],
  (error) => error instanceof TypeError,
);
expectType<Equal<typeof counted, number[]>>();
const end = durations.startTimer();
expectType<Equal<typeof end, Timer>>();
const seconds = end();
expectType<Equal<typeof seconds, number>>();
{
  using timing = level.startTimer();
  timing();
}
declare function numbers(): AsyncGenerator<number, string>;
const generator = durations.time(numbers);
expectType<Equal<typeof generator, AsyncGenerator<number, string>>>();
const timed = durations.time(numbers());
expectType<Equal<typeof timed, AsyncIterable<number>>>();
plain.countExceptions(numbers(), (error) => error instanceof Error);
{
  using tracking = level.trackInProgress();
  tracking();
}
// @ts-expect-error a promise is no function
durations.time(Promise.resolve());

// Under hot reloading, what is there already is taken, of the type that the caller says.
const again =
  REGISTRY.get<Counter<['method', 'status']>>('requests_total') ??
  new Counter({ name: 'requests_total', help, labelNames: ['method', 'status'] });
again.labels('GET', 200).inc();
again.labels({ method: 'GET', status: 200 }).inc();
const plainAgain =
  REGISTRY.get<Counter>('plain_total') ?? new Counter({ name: 'plain_total', help });
plainAgain.inc();
// @ts-expect-error there may be none of this name
REGISTRY.unregister(REGISTRY.get('plain_total'));

// A name that is taken carries what has it.
export function existing(error: unknown): Collector | undefined {
  return error instanceof AlreadyRegisteredError ? error.existing : undefined;
}

// A helper that takes any counter with a label, whatever the others.
export function count<Name extends string>(
  counter: Counter<Name>,
  labels: Record<Name, string>,
): void {
  (counter as LabelledByName<CounterChild, Name>).labels(labels).inc();
}

// Exemplars stand on counters and histograms alone, under labels of their own.
plain.inc(1, { exemplar: { trace_id: 'a', shard: 3 } });
plain.inc(1, { exemplar: undefined });
histogram.labels('x').observe(1, { count: 2, exemplar: { trace_id: 'a' } });
// @ts-expect-error the labels are those of an exemplar, not options
plain.inc(1, { trace_id: 'a' });
// @ts-expect-error neither string nor number
plain.inc(1, { exemplar: { trace_id: null } });
// @ts-expect-error a summary has no exemplars
summary.labels('x').observe(1, { exemplar: { trace_id: 'a' } });
// @ts-expect-error a gauge has no exemplars
gauge.labels('x').inc(1, { exemplar: { trace_id: 'a' } });
REGISTRY.exemplars = { provider: () => undefined };
REGISTRY.exemplars = undefined;
new Summary({ name: 'q', help, quantiles: [0.5, 0.99], maxAgeSeconds: 60, ageBuckets: 3 });
// @ts-expect-error quantiles are numbers
new Summary({ name: 'q2', help, quantiles: ['0.5'] });
