import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CollectorRegistry, Counter, type CounterOptions, toText } from '../../index.ts';
import { toProtobuf, writeProtobuf } from './protobuf.ts';

/** More children than a metric needs to be shown by rows, and so many that four fill a chunk each time. */
const MANY = 300;

/** A registry with one counter, and that counter. */
function filled(now: number, more: Partial<CounterOptions> = {}) {
  const clock = { now: () => now, elapsed: () => 5, after: () => () => {} };
  const registry = new CollectorRegistry({ clock });
  const labelNames = ['a', 'b'] as const;
  const counter = new Counter({ name: 'n', help: 'N.', labelNames, registry, ...more });
  for (let i = 0; i < MANY; i++) counter.labels(`${i % 7}`, `${i}`.padStart(3, '0')).inc(i);
  return { registry, counter };
}

/** Asserts that rows show what a new registry shows, whose first scrape has none. */
async function assertSame(now: number, more?: Partial<CounterOptions>): Promise<void> {
  const { registry } = filled(now, more);
  await toText(registry);
  await toText(registry);
  // Without showing how they differ, which takes minutes of megabytes.
  equal(
    Buffer.compare(await toProtobuf(registry), await toProtobuf(filled(now, more).registry)),
    0,
  );
}

/** So many constant labels of 120 bytes, with all that stands around them. */
function labelsOf(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`c${i}`.padEnd(4, '_'), 'z'.repeat(108)]),
  );
}

describe('rows in protobuf', () => {
  it('have lengths of three bytes where a metric takes them', async () => {
    await assertSame(1700000000, { constantLabels: labelsOf(140) });
    await assertSame(1700000000, { constantLabels: labelsOf(400) });
  });

  it('begin no message where the last one took all that was left', async () => {
    await assertSame(1700000000, { constantLabels: labelsOf(125) });
  });

  it('begin no message where all that was left has gone', async () => {
    const { registry, counter } = filled(1700000000, { constantLabels: labelsOf(125) });
    await toText(registry);
    await toText(registry);
    let chunks = 0;
    for await (const _ of writeProtobuf(registry)) {
      counter.clear();
      chunks++;
    }
    equal(chunks, 1);
  });

  // Those of counters in cells, which hold any number.
  for (const now of [-1e9, -0.5, 0, 100.999, 5e9, Number.NaN]) {
    it(`tell that they began at ${now}`, () => assertSame(now, { maxIdleSeconds: 1e6 }));
  }
});
