import { deepEqual, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedStorage } from '../../../test/shared-storage.ts';
import { Counter } from '../instruments/counter.ts';
import { Gauge } from '../instruments/gauge.ts';
import { toShown } from './register-options.ts';
import { CollectorRegistry } from './registry.ts';

const collector = { collect: () => [] };

describe('How a collector is registered', () => {
  const registry = new CollectorRegistry({ storage: new SharedStorage() });

  it('makes it the service’s, unless it is said to be the process’s', () => {
    const plain = { collector, isKept: false, relabelling: undefined };
    deepEqual(toShown(collector, undefined, registry), { ...plain, mode: undefined });
    deepEqual(toShown(collector, {}, registry), { ...plain, mode: undefined });
    deepEqual(toShown(collector, { scope: 'service' }, registry), { ...plain, mode: undefined });
    deepEqual(toShown(collector, { scope: 'process' }, registry), { ...plain, mode: 'all' });
    deepEqual(
      toShown(collector, { scope: 'process', multiprocessMode: 'max', prefix: 'a_' }, registry),
      { ...plain, mode: 'max', relabelling: { prefix: 'a_', labels: [] } },
    );
  });

  it('tells instruments of the registry’s own storage from those that count elsewhere', () => {
    const own = new Counter({ name: 'own', help: 'O.', registry });
    const other = new Gauge({ name: 'g', help: 'G.', registry: null, multiprocessMode: 'max' });
    deepEqual(toShown(own, undefined, registry), {
      collector: own,
      isKept: true,
      relabelling: undefined,
      mode: 'sum',
    });
    deepEqual(toShown(other, undefined, registry), {
      collector: other,
      isKept: false,
      relabelling: undefined,
      mode: 'max',
    });
  });

  it('does not make a registry choose a storage', () => {
    const without = new CollectorRegistry();
    without.register(collector, { scope: 'process' });
    without.register(new Counter({ name: 'c', help: 'C.', registry: null }));
    deepEqual(without.hasStorage, false);
  });

  for (const [options, name, message] of [
    [
      { scope: 'cluster' },
      'RangeError',
      'unknown scope, expected "service" or "process", got "cluster"',
    ],
    [
      { multiprocessMode: 'max' },
      'TypeError',
      'a mode for a collector of the service, expected scope "process" or no multiprocessMode, got "max"',
    ],
    [
      { scope: 'process', multiprocessMode: 'mean' },
      'RangeError',
      'unknown multiprocess mode, expected all, liveall, min, livemin, max, livemax, sum, livesum, mostrecent, livemostrecent, got "mean"',
    ],
    [
      { scop: 1 },
      'TypeError',
      'unknown option, expected prefix, labels, scope, multiprocessMode, got "scop"',
    ],
    [
      null,
      'TypeError',
      'no options, expected { prefix, labels, scope, multiprocessMode }, got null',
    ],
    [
      'a_',
      'TypeError',
      'no options, expected { prefix, labels, scope, multiprocessMode }, got "a_"',
    ],
  ] as const) {
    it(`refuses with "${message}"`, () => {
      throws(() => registry.register(collector, options as never), {
        name,
        message: `registry "register": ${message}`,
      });
    });
  }
});
