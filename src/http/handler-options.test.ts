import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REGISTRY } from '../metrics/registry/default-registry.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import { type MetricsHandlerOptions, toScrapeSettings } from './handler-options.ts';

describe('toScrapeSettings', () => {
  it('runs 4 scrapes at once, has 32 wait and counts nothing unless told otherwise', () => {
    const { limits, metrics } = toScrapeSettings({}, 'test');
    deepEqual(limits, { maxConcurrentScrapes: 4, maxQueuedScrapes: 32 });
    equal(metrics, undefined);
  });

  it('counts in the registry that is served, or in the one given', () => {
    const registry = new CollectorRegistry();
    const view = registry.with({ prefix: 'own_' });
    equal(toScrapeSettings({ registry, metrics: true }, 'test').metrics, registry);
    equal(toScrapeSettings({ metrics: true }, 'test').metrics, REGISTRY);
    equal(toScrapeSettings({ metrics: view }, 'test').metrics, view);
    equal(toScrapeSettings({ registry, metrics: false }, 'test').metrics, undefined);
  });

  it('reads 65,536 characters and 1,024 names unless told otherwise', () => {
    const { maxQueryLength, maxNames, disableCompression } = toScrapeSettings({}, 'test');
    deepEqual([maxQueryLength, maxNames, disableCompression], [65_536, 1024, false]);
  });

  const refused: readonly [options: object, name: string, message: string][] = [
    [
      { registry: {} },
      'TypeError',
      'metricsHandler: registry has the wrong type, expected an object with collect(), got an object',
    ],
    [
      { registry: null },
      'TypeError',
      'metricsHandler: registry has the wrong type, expected an object with collect(), got null',
    ],
    [
      { maxQueryLength: '9' },
      'TypeError',
      'metricsHandler: maxQueryLength has the wrong type, expected a number, got "9"',
    ],
    [
      { maxQueryLength: Number.NaN },
      'RangeError',
      'metricsHandler: maxQueryLength is out of range, expected an integer >= 1, got NaN',
    ],
    [
      { maxNames: 0 },
      'RangeError',
      'metricsHandler: maxNames is out of range, expected an integer >= 1, got 0',
    ],
    [
      { maxConcurrentScrapes: 0 },
      'RangeError',
      'metricsHandler: maxConcurrentScrapes is out of range, expected an integer >= 1, got 0',
    ],
    [
      { maxQueuedScrapes: -1 },
      'RangeError',
      'metricsHandler: maxQueuedScrapes is out of range, expected an integer >= 0, got -1',
    ],
    [
      { maxQueuedScrapes: '1' },
      'TypeError',
      'metricsHandler: maxQueuedScrapes has the wrong type, expected a number, got "1"',
    ],
    [
      { metrics: 'yes' },
      'TypeError',
      'metricsHandler: metrics has the wrong type, expected true, false or a CollectorRegistry, got "yes"',
    ],
    [
      { metrics: null },
      'TypeError',
      'metricsHandler: metrics has the wrong type, expected true, false or a CollectorRegistry, got null',
    ],
    [
      { registry: { collect: () => [] }, metrics: true },
      'TypeError',
      'metricsHandler: metrics cannot be declared in what is served, expected a CollectorRegistry or the registry to declare them in, got an object',
    ],
    [
      { created: 1 },
      'TypeError',
      'metricsHandler: created has the wrong type, expected true or false, got 1',
    ],
    [
      { disableCompression: 'false' },
      'TypeError',
      'metricsHandler: disableCompression has the wrong type, expected true or false, got "false"',
    ],
    ...[
      { basicauth: { username: 'a', password: 'secret' } },
      { bearertoken: 'secret' },
      { registery: {} },
      Object.create({ token: 'secret' }),
    ].map((options): [object, string, string] => [
      options,
      'TypeError',
      `metricsHandler: unknown option, expected registry, basicAuth, bearerToken, disableCompression, created, maxQueryLength, maxNames, maxConcurrentScrapes, maxQueuedScrapes, metrics, onError, got "${Object.keys(options)[0] ?? 'token'}"`,
    ]),
    [
      { basicAuth: { username: 'a', password: 'b', passwordFile: 'secret' } },
      'TypeError',
      'metricsHandler: unknown option of basicAuth, expected username, password, got "passwordFile"',
    ],
    [
      REGISTRY,
      'TypeError',
      'metricsHandler: no options, expected { registry }, got the registry: an object of class CollectorRegistry',
    ],
    [
      REGISTRY.with({ prefix: 'app_' }),
      'TypeError',
      'metricsHandler: no options, expected { registry }, got the registry: an object of class RegistryView',
    ],
    [
      { collect: () => [] },
      'TypeError',
      'metricsHandler: no options, expected { registry }, got the registry: an object',
    ],
    [null!, 'TypeError', 'metricsHandler: no options, expected an object, got null'],
    [
      'secret' as never,
      'TypeError',
      'metricsHandler: no options, expected an object, got a string',
    ],
    [
      { onError: 'log' },
      'TypeError',
      'metricsHandler: onError has the wrong type, expected a function, got "log"',
    ],
  ];
  for (const [options, name, message] of refused) {
    it(`refuses: ${message}`, () => {
      throws(() => toScrapeSettings(options as MetricsHandlerOptions, 'metricsHandler'), {
        name,
        message,
      });
    });
  }
});
