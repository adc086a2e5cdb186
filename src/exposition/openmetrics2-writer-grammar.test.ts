import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { handMadeFamily } from '../../test/hand-made-family.ts';
import { brokenLines } from '../../test/openmetrics2-grammar.ts';
import { registryPlan, toRegistry } from '../../test/oracle/random-registry.ts';
import { FREE } from '../../test/oracle/random-values.ts';
import type { FamilyWriter } from '../model/family.ts';
import { ESCAPING_SCHEMES, type EscapingScheme } from './escaping.ts';
import { toOpenMetrics } from './format.ts';

const point = {
  bounds: [0.1, 1],
  cells: [1, 2, 3],
  index: 0,
  cumulative: false,
  sum: 12.5,
  created: 1700000000.25,
};

describe('the lines of OpenMetrics2Writer', () => {
  const name = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'a_.: {}="\\\n#é🦀'), minLength: 1, maxLength: 6 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  );
  const types = fc.constantFrom('counter', 'gauge', 'histogram', 'summary', 'info', 'stateset');

  it('keep to the grammar, whatever the names', async () => {
    await fc.assert(
      fc.asyncProperty(name, types, name, name, async (family, type, label, other) => {
        const summary = { quantiles: [0.5], values: [1], count: 2, sum: 3, created: 4 };
        const labels = { [label]: other, [other]: label };
        const write = (writer: FamilyWriter): void => {
          writer.label(0, other);
          if (type === 'histogram')
            writer.histogram({ ...point, exemplars: [{ labels, value: 1, timestamp: 2 }] });
          else if (type === 'summary') writer.summary(summary);
          else if (type === 'info') writer.info([[`${label}${other}`, label]]);
          else if (type === 'stateset') writer.stateSet([label, other], () => false);
          else writer.number(1, 2, { labels, value: 3, timestamp: 4 });
        };
        const header = { name: family, type, labelNames: [label], help: other };
        for (const escaping of ESCAPING_SCHEMES) {
          const collector = { collect: () => [handMadeFamily(header, [write])] };
          const exposition = await toOpenMetrics(collector, { version: '2.0.0', escaping });
          deepEqual(brokenLines(exposition), []);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keep to the grammar, whatever the metrics', async () => {
    const schemes = fc.constantFrom<EscapingScheme>(...ESCAPING_SCHEMES);
    await fc.assert(
      fc.asyncProperty(registryPlan(FREE), schemes, async (plan, escaping) => {
        const registry = toRegistry(plan);
        const exposition = await toOpenMetrics(registry, { version: '2.0.0', escaping });
        deepEqual(brokenLines(exposition), []);
      }),
      { numRuns: 300 },
    );
  });
});
