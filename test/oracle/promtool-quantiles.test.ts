/** Quantiles of classic histograms, beside what Prometheus's `histogram_quantile` makes of the same lines. */

import { equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CollectorRegistry, Histogram } from '../../src/index.ts';
import { histogramQuantile, histogramSnapshot, samples } from '../../src/testing/index.ts';
import { goVersion, promtoolBinary } from '../setup/oracles.ts';

const promtool = promtoolBinary();
const name = promtool === undefined ? 'promtool' : `promtool ${goVersion(promtool)}`;
const skip = promtool === undefined && 'no promtool on the PATH: apt-get install prometheus';

const QUANTILES = [0, 0.01, 0.1, 0.25, 0.5, 1 / 3, 0.9, 0.95, 0.99, 0.999, 1, -1, 2];

/** Numbers from 0 to 1 that are the same in each run. */
function* numbers(): Generator<number> {
  for (let state = 7; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

function toYaml(value: number): string {
  return Math.abs(value) === Infinity ? (value > 0 ? '.inf' : '-.inf') : `${value}`;
}

/** A file of tests for promtool: lines of buckets, and what is expected of each quantile. */
async function testsOf(count: number): Promise<string> {
  const next = numbers();
  const number = () => next.next().value as number;
  const series: string[] = [];
  const tests: string[] = [];
  for (let i = 0; i < count; i++) {
    const registry = new CollectorRegistry({ constantLabels: { i } });
    const start = number() * 4 - 2;
    const buckets = Array.from(
      { length: 1 + (i % 7) },
      (_, place) => start + place * 0.1 + number() / 20,
    );
    const histogram = new Histogram({ name: 'h', help: 'H.', buckets, registry });
    const observations = Math.floor(number() ** 3 * 400) + 1;
    for (let j = 0; j < observations; j++) histogram.observe(start - 0.2 + number() * 2);
    for (const { name, labels, value } of await samples(registry)) {
      if (name !== 'h_bucket') continue;
      series.push(
        `- series: 'h_bucket{i="${i}",le="${labels['le']}"}'\n        values: '${value}'`,
      );
    }
    const snapshot = (await histogramSnapshot(registry, 'h', { i }))!;
    for (const q of QUANTILES) {
      const value = histogramQuantile(q, snapshot);
      // The least one where the first bucket is empty: no expectation can be of NaN.
      if (Number.isNaN(value)) continue;
      tests.push(`- expr: 'histogram_quantile(${q}, h_bucket{i="${i}"})'
        eval_time: 0s
        exp_samples:
          - labels: '{i="${i}"}'
            value: ${toYaml(value)}`);
    }
  }
  const indented = (lines: readonly string[]) => lines.map((line) => `      ${line}`).join('\n');
  return `tests:\n  - interval: 1m\n    input_series:\n${indented(series)}\n    promql_expr_test:\n${indented(tests)}\n`;
}

describe(`histogramQuantile, judged by ${name}`, { skip }, () => {
  it('is what histogram_quantile is, to the last bit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'promethium-quantiles-'));
    try {
      const file = join(folder, 'quantiles.yml');
      writeFileSync(file, await testsOf(60));
      const { status, stdout, stderr } = spawnSync(promtool!, ['test', 'rules', file], {
        encoding: 'utf8',
      });
      equal(
        `${stdout}${stderr}`.slice(0, 2000).replaceAll(file, 'FILE'),
        'Unit Testing:  FILE\n  SUCCESS\n\n',
      );
      equal(status, 0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
