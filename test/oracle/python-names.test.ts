import { deepEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type EscapingScheme, escapeLabelName, escapeName } from '../../src/exposition/index.ts';
import {
  CollectorRegistry,
  Counter,
  Gauge,
  Histogram,
  type MetricFamily,
  toOpenMetrics,
  toText,
} from '../../src/index.ts';
import { pythonWithClient } from '../setup/oracles.ts';
import { PythonJudge, pythonName, withoutPython } from './python.ts';
import { expectedInOpenMetrics, expectedInText } from './python-expected.ts';

const found = pythonWithClient();

/** Python's client has names of any text since its release 0.22. */
const withoutNames =
  withoutPython || (Number(found?.version.split('.')[1]) < 22 && `${pythonName} has no such names`);

const ESCAPE = `
import json, sys
from prometheus_client.openmetrics.exposition import escape_label_name, escape_metric_name
names, scheme = json.load(sys.stdin)
escaped = [[function(name, scheme) for name in names] for function in (escape_metric_name, escape_label_name)]
print(json.dumps(escaped))
`;

/** What Python makes of names, of metrics and of labels. */
function escapedByPython(names: readonly string[], scheme: EscapingScheme): [string[], string[]] {
  const input = JSON.stringify([names, scheme]);
  const { stdout } = spawnSync(found!.python, ['-c', ESCAPE], { input, encoding: 'utf8' });
  return JSON.parse(stdout) as [string[], string[]];
}

/** Names with what separates, quotes and escapes, and with characters of every length in UTF-8. */
const anyName = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab_.:-9é漢🦀{}=,#"\\ \n'), minLength: 1, maxLength: 8 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);

describe(`names of any text, beside ${pythonName}`, { skip: withoutNames }, () => {
  let python: PythonJudge;

  before(() => {
    python = new PythonJudge();
  });

  after(() => python?.[Symbol.asyncDispose]());

  for (const scheme of ['underscores', 'dots', 'values'] as const) {
    it(`are escaped alike with ${scheme}`, () => {
      // Python takes a name for one without need of escaping that ends in a line feed. Names of
      // labels that begin with "__" it escapes, where they cannot be declared here.
      const names = fc
        .sample(anyName, { seed: 20_261_122, numRuns: 5000 })
        .filter((name) => !name.endsWith('\n') && !name.startsWith('__'));
      deepEqual(
        [escapeName, escapeLabelName].map((escaped) => names.map((name) => escaped(name, scheme))),
        escapedByPython(names, scheme),
      );
    });
  }

  it('are read as they were written', async () => {
    const property = fc.asyncProperty(
      fc.uniqueArray(anyName, { minLength: 3, maxLength: 3 }),
      fc.uniqueArray(anyName, { minLength: 2, maxLength: 2 }),
      async ([first = '', second = '', third = ''], [label = '', other = '']) => {
        const registry = new CollectorRegistry();
        const labelNames = [`l${label}`, `m${other}`];
        const options = { help: 'Help.', labelNames, registry } as const;
        const counter = new Counter({ name: `c${first}`, ...options });
        counter.labels('x', 'y').inc(2);
        new Gauge({ name: `g${second}`, ...options }).labels('x', '"}').set(3);
        new Histogram({ name: `h${third}`, buckets: [1], ...options }).labels('x', 'y').observe(4);
        const families: MetricFamily[] = [];
        for await (const family of registry.collect()) families.push(family);
        const escaping = 'allow-utf-8';
        deepEqual(
          await python.read('text', await toText(registry, { escaping })),
          expectedInText(families),
        );
        deepEqual(
          await python.read('openmetrics', await toOpenMetrics(registry, { escaping })),
          expectedInOpenMetrics(families),
        );
      },
    );
    await fc.assert(property, { numRuns: 500, seed: 20_261_122 });
  });
});
