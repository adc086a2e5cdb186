/**
 * What all collectors of this folder have in common: metrics that are registered together, stopped
 * together, and there once a registry however often they are asked for.
 */

/// <reference lib="esnext.disposable" preserve="true" />

import type { Metric } from '../metrics/children/child.ts';
import { Counter } from '../metrics/instruments/counter.ts';
import { Gauge } from '../metrics/instruments/gauge.ts';
import { REGISTRY } from '../metrics/registry/default-registry.ts';
import type { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { RegistryView } from '../metrics/registry/registry-view.ts';
import type { MultiprocessMode } from '../model/cells.ts';
import { show } from '../model/error.ts';
import type { Collector } from '../model/family.ts';

/** What every collector takes. */
export interface CollectorOptions {
  /** Where the metrics are registered: `REGISTRY` unless given. A view gives them its prefix and labels. */
  readonly registry?: CollectorRegistry | RegistryView;
}

/** Metrics that are being collected. */
export interface CollectorHandle {
  /**
   * Takes the metrics out of the registry, and ends every observer and timer behind them. Where the
   * same metrics were asked for several times, the last handle to be stopped does. Metrics that are out of
   * the registry by now, such as after its `clear()`, are let be.
   */
  stop(): void;
  /** The same as {@linkcode CollectorHandle.stop}, for `using`. */
  [Symbol.dispose](): void;
}

/** What a callback-driven metric is made of. */
export interface ReadMetric {
  readonly name: string;
  readonly help: string;
  /** How the values of several processes are shown; gauges alone need it. */
  readonly mode?: MultiprocessMode;
  /** Asked at every scrape. */
  readonly read: () => number;
}

// As in metrics/timing/timer.ts: runtimes without the symbol have no `using` either.
const DISPOSE: typeof Symbol.dispose =
  (Symbol as { dispose?: typeof Symbol.dispose }).dispose ??
  (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);

/** The metrics of one collector in one registry. */
export class MetricGroup {
  /** Where they are registered. */
  readonly registry: CollectorRegistry | RegistryView;
  readonly #collectors: Collector[] = [];
  readonly #ends: (() => void)[] = [];

  constructor(registry: CollectorRegistry | RegistryView) {
    this.registry = registry;
  }

  /** Takes charge of a metric, which has registered itself. */
  add<Added extends Metric>(metric: Added): Added {
    this.#collectors.push(metric);
    return metric;
  }

  /** Adds a counter that is read. */
  counter({ name, help, read }: ReadMetric): void {
    this.add(new Counter({ name, help, registry: this.registry, callback: read }));
  }

  /** Adds a gauge that is read; over several processes it shows their sum unless told otherwise. */
  gauge({ name, help, read, mode = 'livesum' }: ReadMetric): void {
    const { registry } = this;
    this.add(new Gauge({ name, help, registry, multiprocessMode: mode, callback: read }));
  }

  /**
   * Calls `look` at the beginning of every scrape, for metrics that no callback can set: it is
   * registered before them, as a collector that shows nothing.
   */
  beforeScrape(name: string, look: () => void): void {
    const collector = {
      name,
      collect: (): [] => {
        look();
        return [];
      },
    };
    this.registry.register(collector);
    this.#collectors.push(collector);
  }

  /** Calls `end` when the group is stopped. */
  onStop(end: () => void): void {
    this.#ends.push(end);
  }

  /** True where there were metrics and the program has taken all of them out of the registry. */
  get isCleared(): boolean {
    return this.#collectors.length > 0 && this.#registered().length === 0;
  }

  /** Unregisters what is registered and ends what was begun. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    for (const collector of this.#registered()) this.registry.unregister(collector);
    this.#collectors.length = 0;
  }

  #registered(): Collector[] {
    const { collectors } = this.registry.root;
    return this.#collectors.filter((collector) => collectors.includes(collector));
  }
}

interface Running {
  readonly group: MetricGroup;
  users: number;
}

const running = new WeakMap<object, Map<string, Running>>();

/**
 * Starts a collector in the registry of `options`, or shares the one that runs there: a module that
 * is loaded anew, or a library beside its program, asks twice for what can be there once. One whose
 * metrics were taken out of the registry meanwhile is ended, and another one is started. A start that fails
 * half-way, since a name is taken, leaves nothing behind.
 *
 * @throws {TypeError} When the options are none, or the registry is not a CollectorRegistry.
 */
export function startGroup(
  name: string,
  options: CollectorOptions,
  build: (group: MetricGroup) => void,
): CollectorHandle {
  const { registry = REGISTRY } = options;
  const { root, prefix, constantLabels } = registry;
  const groups = running.get(root) ?? new Map<string, Running>();
  running.set(root, groups);
  // Two views of one kind stand for the same metrics.
  const key = JSON.stringify([name, prefix, constantLabels]);
  let shared = groups.get(key);
  if (shared?.group.isCleared) {
    groups.delete(key);
    shared.group.stop();
    shared = undefined;
  }
  if (shared === undefined) {
    const group = new MetricGroup(registry);
    try {
      build(group);
    } catch (error) {
      group.stop();
      throw error;
    }
    shared = { group, users: 0 };
    groups.set(key, shared);
  }
  const { group } = shared;
  const own = shared;
  own.users++;
  return toHandle(() => {
    own.users--;
    if (own.users > 0) return;
    // Where the registry was cleared, the place may be another one's by now.
    if (groups.get(key) === own) groups.delete(key);
    group.stop();
  });
}

/** A handle whose first `stop()` calls `stop`, and whose others do nothing. */
export function toHandle(stop: () => void): CollectorHandle {
  let stopped = false;
  const once = (): void => {
    if (stopped) return;
    stopped = true;
    stop();
  };
  return { stop: once, [DISPOSE]: once } as CollectorHandle;
}

/**
 * Checks the options of a collector before anything is begun.
 *
 * @throws {TypeError} When they are no object, hold an unknown name, or no usable registry.
 */
export function validateOptions(subject: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${subject}: no options, expected an object, got ${show(options)}`);
  }
  if (typeof (options as Partial<CollectorRegistry>).register === 'function') {
    throw new TypeError(
      `${subject}: no options, expected { registry }, got the registry: ${show(options)}`,
    );
  }
  const names = ['registry', ...known];
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    throw new TypeError(
      `${subject}: unknown option, expected ${names.join(', ')}, got ${show(name)}`,
    );
  }
  const { registry } = options as { readonly registry?: Partial<CollectorRegistry> | null };
  if (registry === undefined || typeof registry?.register === 'function') return;
  throw new TypeError(
    `${subject} "registry": of the wrong type, expected a CollectorRegistry, got ${show(registry)}`,
  );
}
