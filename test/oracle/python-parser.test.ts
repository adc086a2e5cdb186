import { deepEqual } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type MetricFamily, toOpenMetrics, toText } from '../../src/index.ts';
import { everyMetric } from './every-metric.ts';
import { type PythonFamily, PythonJudge, pythonName, withoutPython } from './python.ts';
import { expectedInOpenMetrics, expectedInText } from './python-expected.ts';
import { registryPlan, toRegistry } from './random-registry.ts';
import { FREE, STRICT } from './random-values.ts';

const RUNS: fc.Parameters<unknown> = {
  numRuns: 1500,
  seed: 20_261_122,
};

async function familiesOf(registry: { collect(): AsyncIterable<MetricFamily> }) {
  const families: MetricFamily[] = [];
  for await (const family of registry.collect()) families.push(family);
  return families;
}

/**
 * Drops white space at the ends of help texts, which Python's parsers lose: the text parser strips
 * the line, both skip blanks before the text. Line feeds are escaped and stay.
 */
function trimmed(families: readonly PythonFamily[]): PythonFamily[] {
  return families.map((family) => {
    const { help } = family;
    let start = 0;
    let end = help.length;
    while (start < end && isBlank(help[start]!)) start++;
    while (end > start && isBlank(help[end - 1]!)) end--;
    return { ...family, help: help.slice(start, end) };
  });
}

/** Drops start times, which are of the moment, and of which the families' samples say nothing. */
function withoutStartTimes(families: readonly PythonFamily[]): PythonFamily[] {
  return families.map((family) => {
    if (!['counter', 'summary', 'histogram'].includes(family.type)) return family;
    const created = `${family.name}_created`;
    return { ...family, samples: family.samples.filter(({ name }) => name !== created) };
  });
}

/** True of what Python's `strip` takes for white space, the line feed aside. */
function isBlank(character: string): boolean {
  return character !== '\n' && (character.trim() === '' || BLANK_IN_PYTHON.includes(character));
}

const BLANK_IN_PYTHON = '\x1c\x1d\x1e\x1f\x85';

describe(`expositions, read by ${pythonName}`, { skip: withoutPython }, () => {
  let python: PythonJudge;

  before(() => {
    python = new PythonJudge();
  });

  after(() => python?.[Symbol.asyncDispose]());

  it('agree in text with what every type of metric holds', async () => {
    const registry = everyMetric();
    deepEqual(
      await python.read('text', await toText(registry)),
      expectedInText(await familiesOf(registry)),
    );
  });

  it('agree in text with random metrics, sample by sample', async () => {
    const property = fc.asyncProperty(registryPlan(FREE), async (plan) => {
      const registry = toRegistry(plan);
      deepEqual(
        trimmed(await python.read('text', await toText(registry))),
        trimmed(expectedInText(await familiesOf(registry))),
      );
    });
    await fc.assert(property, RUNS);
  });

  it('agree with random metrics of which some lines are asked for, sample by sample', async () => {
    const plans = registryPlan(STRICT);
    const asked = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(plans, asked, async (plan, wanted) => {
      const registry = toRegistry(plan);
      const all = await familiesOf(registry);
      const names = all.flatMap(({ samples }) => Array.from(samples, ({ name }) => name));
      const view = registry.restrictedTo(
        [...new Set(names)].filter((_, i) => wanted[i % wanted.length]),
      );
      const families = await familiesOf(view as typeof registry);
      deepEqual(
        trimmed(
          withoutStartTimes(
            await python.read('openmetrics', await toOpenMetrics(view, { created: true })),
          ),
        ),
        trimmed(expectedInOpenMetrics(families)),
      );
      deepEqual(
        trimmed(await python.read('text', await toText(view))),
        trimmed(expectedInText(families)),
      );
    });
    await fc.assert(property, { ...RUNS, numRuns: 500 });
  });

  it('agree in OpenMetrics with random metrics, sample by sample', async () => {
    const plans = registryPlan(STRICT);
    const property = fc.asyncProperty(plans, fc.boolean(), async (plan, created) => {
      const registry = toRegistry(plan);
      const document = await toOpenMetrics(registry, { created });
      deepEqual(
        trimmed(withoutStartTimes(await python.read('openmetrics', document))),
        trimmed(expectedInOpenMetrics(await familiesOf(registry))),
      );
    });
    await fc.assert(property, RUNS);
  });
});
