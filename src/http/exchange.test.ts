import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gauges } from '../../test/contracts/http-sources.ts';
import { toText } from '../exposition/index.ts';
import { CollectorRegistry } from '../metrics/registry/registry.ts';
import type { Collector } from '../model/family.ts';
import { answerScrape, type Exposition } from './exchange.ts';
import { toScrapeSettings } from './handler-options.ts';
import { beginService } from './scrape-service.ts';

async function textOf(registry: Collector, url: string): Promise<string> {
  const service = beginService(toScrapeSettings({ registry }, 'test'));
  const { body } = await answerScrape({ method: 'GET', url, header: () => undefined }, service);
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
