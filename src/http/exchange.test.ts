import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gauges } from '../../test/contracts/http-sources.ts';
import { toText } from '../exposition/index.ts';
import { CollectorRegistry } from '../metrics/registry.ts';
import type { Collector } from '../model/family.ts';
import {
  answerScrape,
  type Exposition,
  type MetricsHandlerOptions,
  toScrapeSettings,
} from './exchange.ts';

async function textOf(registry: Collector, url: string): Promise<string> {
  const settings = toScrapeSettings({ registry }, 'test');
  const { body } = await answerScrape({ method: 'GET', url, header: () => undefined }, settings);
  return await toText((body as Exposition).source);
}

describe('answerScrape', () => {
  const registry = new CollectorRegistry();
  registry.register({ collect: () => [gauges('up', 1), gauges('down', 1)] });
  const own = { collect: () => [gauges('up', 1), gauges('down', 1)] };
  const sources = { 'a registry': registry, 'a collector of your own': own };
  const up = '# HELP up Numbers.\n# TYPE up gauge\nup{n="0"} 0\n';
  const down = '# HELP down Numbers.\n# TYPE down gauge\ndown{n="0"} 0\n';

  for (const [name, source] of Object.entries(sources)) {
    it(`shows the names that are asked for alone, of ${name}`, async () => {
      equal(await textOf(source, '/metrics?name[]=down'), down);
      equal(await textOf(source, '/metrics?name%5B%5D=up&x=1&name[]=&name[]=up'), up);
      equal(await textOf(source, 'http://h/?name[]=down&name[]=up'), up + down);
      equal(await textOf(source, '/metrics?name[]=sideways'), '');
      equal(await textOf(source, '/metrics?name[]=%E0%A4%A'), '');
    });
  }

  it('asks a registry from another copy of the package by its methods', async () => {
    const foreign = {
      collect: () => [gauges('all', 1)],
      restrictedTo: (names: readonly string[]) => ({
        collect: () => names.map((name) => gauges(name, 1)),
      }),
    };
    equal(await textOf(foreign, '/?name[]=down'), down);
  });
});

describe('toScrapeSettings', () => {
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
      `metricsHandler: unknown option, expected registry, basicAuth, bearerToken, disableCompression, created, maxQueryLength, maxNames, onError, got "${Object.keys(options)[0] ?? 'token'}"`,
    ]),
    [
      { basicAuth: { username: 'a', password: 'b', passwordFile: 'secret' } },
      'TypeError',
      'metricsHandler: unknown option of basicAuth, expected username, password, got "passwordFile"',
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
