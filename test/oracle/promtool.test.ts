import { equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { CollectorRegistry, Counter, Gauge, toText } from '../../src/index.ts';
import { goVersion, promtoolBinary } from '../setup/oracles.ts';
import { everyMetric } from './every-metric.ts';

const promtool = promtoolBinary();
const name = promtool === undefined ? 'promtool' : `promtool ${goVersion(promtool)}`;
const skip = promtool === undefined && 'no promtool on the PATH: apt-get install prometheus';

/** What promtool says of an exposition, after its exit status: 0 all is well, 1 unreadable, 3 lint. */
function judge(text: string): string {
  const { status, stdout, stderr } = spawnSync(promtool!, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  return `${status}\n${stdout}${stderr}`;
}

describe(`text, judged by ${name}`, { skip }, () => {
  it('is read, and blamed for nothing but the help that a metric of the test lacks', async () => {
    equal(judge(await toText(everyMetric())), '3\nroom_celsius no help text\n');
  });

  it('is not blamed at all where there is nothing to blame', async () => {
    const registry = new CollectorRegistry();
    new Counter({ name: 'jobs_total', help: 'Jobs done.', registry }).inc(1.5);
    new Gauge({ name: 'queue_seconds', help: 'Wait.', labelNames: ['queue'], registry })
      .labels('a"b')
      .set(Number.NaN);
    equal(judge(await toText(registry)), '0\n');
  });

  it('would be refused if a line were torn', async () => {
    const text = await toText(everyMetric());
    equal(judge(text.slice(0, text.indexOf('\nread_bytes_total{') + 20)).slice(0, 2), '1\n');
  });
});
