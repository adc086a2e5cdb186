import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { toProtobuf, writeProtobuf } from '../../exposition/index.ts';
import {
  CollectorRegistry,
  Counter,
  Gauge,
  toOpenMetrics,
  toText,
  writeOpenMetrics,
  writeText,
} from '../../index.ts';
import type { FamilyWriter } from '../../model/family.ts';
import type { RowCursor } from '../../model/number-rows.ts';

/** More children than a metric needs to be shown by rows. */
const MANY = 300;

const registryOf = (): CollectorRegistry => new CollectorRegistry();

function counterOf(registry: CollectorRegistry, extra: object = {}): Counter<['a', 'b']> {
  return new Counter({ name: 'n', help: 'N.', labelNames: ['a', 'b'], registry, ...extra });
}

/** The label values of so many children, in groups of three. */
function pairs(count = MANY): [string, string][] {
  return Array.from({ length: count }, (_, i) => [`a${Math.floor(i / 3)}`, `${i % 3}`]);
}

async function scrapes(registry: CollectorRegistry, times: number): Promise<string> {
  let text = '';
  for (let i = 0; i < times; i++) text = await toText(registry);
  return text;
}

/** A writer that takes rows, and counts them and the numbers that it is given one by one. */
class Counts {
  rowCount = 0;
  numbers = 0;
  readonly full = false;
  begin(): void {}
  label(): void {}
  number(): void {
    this.numbers++;
  }
  numberRows(cursor: RowCursor): void {
    while (cursor.next()) {
      let { at } = cursor;
      for (let depth = cursor.from; depth < cursor.rows.depth; depth++) {
        at += 1 + cursor.bytes.getUint8(at);
      }
      if (cursor.findNumber(at)) this.rowCount++;
    }
  }
}

/** How many series of the only family come as rows, and how many one by one. */
async function countsOf(registry: CollectorRegistry): Promise<{ rows: number; numbers: number }> {
  const counts = new Counts();
  for await (const family of await registry.collect()) {
    const walk = family.walk(counts as unknown as FamilyWriter);
    ok(walk.advance());
    // An end stays one.
    ok(walk.advance());
    walk.close();
  }
  return { rows: counts.rowCount, numbers: counts.numbers };
}

describe('a metric whose children stay as they are', () => {
  it('is shown by its tree twice, and from then on by rows', async () => {
    const registry = registryOf();
    const counter = counterOf(registry);
    for (const values of pairs()) counter.labels(...values).inc();
    deepEqual(await countsOf(registry), { rows: 0, numbers: MANY });
    deepEqual(await countsOf(registry), { rows: 0, numbers: MANY });
    deepEqual(await countsOf(registry), { rows: MANY, numbers: 0 });
    deepEqual(await countsOf(registry), { rows: MANY, numbers: 0 });
  });

  it('is shown by its tree again once a child came or went', async () => {
    const registry = registryOf();
    const counter = counterOf(registry);
    for (const values of pairs()) counter.labels(...values).inc();
    await scrapes(registry, 3);
    counter.labels('new', '').inc();
    deepEqual(await countsOf(registry), { rows: 0, numbers: MANY + 1 });
    await scrapes(registry, 1);
    deepEqual(await countsOf(registry), { rows: MANY + 1, numbers: 0 });
    counter.remove('new', '');
    deepEqual(await countsOf(registry), { rows: 0, numbers: MANY });
    await scrapes(registry, 2);
    counter.clear();
    deepEqual(await countsOf(registry), { rows: 0, numbers: 0 });
  });

  it('shows every format, of counters and gauges, as a new registry shows it', async () => {
    const clock = { ...CLOCK };
    const fill = (): CollectorRegistry => {
      const registry = new CollectorRegistry({ clock });
      const labelNames = ['a', 'b'] as const;
      const common = { help: 'N.', labelNames, registry, constantLabels: { zone: 'x"y' } };
      const counter = new Counter({ ...common, name: 'n' });
      const gauge = new Gauge({ ...common, name: 'grüße.heute' });
      const one = new Gauge({ name: 'one', help: 'One.', labelNames: ['only'], registry });
      for (const [i, [a, b]] of pairs().entries()) {
        counter.labels(a, b).inc(i);
        gauge.labels(a, `ü${b}`).set(i / 8 - 3);
        one.labels(`${a}${b}`).set(i % 2 === 0 ? Infinity : Number.NaN);
      }
      return registry;
    };
    const often = fill();
    await scrapes(often, 3);
    for (const escaping of ['allow-utf-8', 'underscores', 'values'] as const) {
      equal(await toText(often, { escaping }), await toText(fill(), { escaping }));
      equal(await toOpenMetrics(often, { escaping }), await toOpenMetrics(fill(), { escaping }));
      equalBytes(await toProtobuf(often, { escaping }), await toProtobuf(fill(), { escaping }));
    }
    const created = true;
    equal(await toOpenMetrics(often, { created }), await toOpenMetrics(fill(), { created }));
    const version = '2.0.0';
    equal(await toOpenMetrics(often, { version }), await toOpenMetrics(fill(), { version }));
    deepEqual((await countsOf(often)).rows, 3 * MANY);
  });

  it('is given one by one to a writer whose rows are something else', async () => {
    const registry = registryOf();
    const counter = counterOf(registry);
    for (const values of pairs()) counter.labels(...values).inc();
    await scrapes(registry, 3);
    for await (const family of await registry.collect()) {
      const rows: number[] = [];
      const own = {
        full: false,
        begin() {},
        label() {},
        number: (n: number) => rows.push(n),
        rows,
      };
      family.walk(own as unknown as FamilyWriter).advance();
      equal(rows.length, MANY);
    }
  });

  it('shows what was counted since, without a decimal being lost', async () => {
    const registry = registryOf();
    const counter = counterOf(registry);
    for (const values of pairs()) counter.labels(...values).inc();
    await scrapes(registry, 3);
    counter.labels('a7', '1').inc(0.5);
    counter.labels('a7', '2').inc(2 ** 60);
    const text = await toText(registry);
    ok(text.includes('n_total{a="a7",b="0"} 1\n'));
    ok(text.includes('n_total{a="a7",b="1"} 1.5\n'));
    ok(text.includes('n_total{a="a7",b="2"} 1152921504606847000\n'));
  });

  it('is shown by its tree where a value has to be escaped, or is too long', async () => {
    for (const value of ['"', 'a'.repeat(1000)]) {
      const registry = registryOf();
      const counter = counterOf(registry);
      for (const values of pairs()) counter.labels(...values).inc();
      counter.labels(value, '').inc();
      const text = await toText(registry);
      equal(await scrapes(registry, 3), text);
      deepEqual(await countsOf(registry), { rows: 0, numbers: MANY + 1 });
    }
  });

  it('is shown by its tree where there are exemplars', async () => {
    const registry = registryOf();
    const counter = counterOf(registry);
    for (const values of pairs()) counter.labels(...values).inc();
    await scrapes(registry, 3);
    counter.labels('a1', '1').inc(1, { exemplar: { trace_id: 'abc' } });
    ok((await toOpenMetrics(registry)).includes('n_total{a="a1",b="1"} 2 # {trace_id="abc"} 1'));
  });

  it('is shown by protobuf where names are too long for rows', async () => {
    const registry = registryOf();
    const labelNames = ['a'.repeat(300), 'b'] as const;
    const gauge = new Gauge({ name: 'g', help: 'G.', labelNames, registry });
    for (const [a, b] of pairs()) gauge.labels(a, b.repeat(130)).set(1);
    const first = await toProtobuf(registry);
    await scrapes(registry, 3);
    equalBytes(await toProtobuf(registry), first);
  });

  it('shows values of all lengths in protobuf', async () => {
    const fill = (): CollectorRegistry => {
      const registry = registryOf();
      const gauge = new Gauge({ name: 'g', help: 'G.', labelNames: ['a', 'b'], registry });
      for (let i = 0; i < MANY; i++) gauge.labels('a'.repeat(i % 230), 'b'.repeat(i % 231)).set(i);
      return registry;
    };
    const often = fill();
    await scrapes(often, 3);
    equalBytes(await toProtobuf(often), await toProtobuf(fill()));
    equal(await toText(often), await toText(fill()));
  });

  it('shows labels of any length, in any order, as a new registry shows them', async () => {
    const value = fc.oneof(
      fc.constantFrom('', 'a', 'b', 'ü', 'GET', 'POST', '/orders/1', '/orders/22', '/orders/333'),
      fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(/["\\\n]/g, '')),
      fc.integer({ min: 0, max: 230 }).map((length) => 'x'.repeat(length)),
    );
    const series = fc.tuple(value, value, fc.nat(400), value);
    const many = fc.array(series, { minLength: MANY, maxLength: 2 * MANY, size: 'max' });
    await fc.assert(
      fc.asyncProperty(many, async (all) => {
        const fill = (): CollectorRegistry => {
          const registry = new CollectorRegistry({ clock: CLOCK });
          const labelNames = ['a', 'b', 'c', 'd'] as const;
          const counter = new Counter({ name: 'n', help: 'N.', labelNames, registry });
          for (const [i, values] of all.entries()) counter.labels(...values).inc(i);
          return registry;
        };
        const often = fill();
        await scrapes(often, 2);
        equal(await toText(often), await toText(fill()));
        equalBytes(await toProtobuf(often), await toProtobuf(fill()));
      }),
      { numRuns: 20 },
    );
  });
});

describe('a walk through rows that is paused', () => {
  const CHUNKED = 3000;
  const ALL = pairs(CHUNKED + 1);
  const LINES = ALL.slice(0, CHUNKED).map(([a, b], i) => `n_total{a="${a}",b="${b}"} ${i + 1}`);

  /** Takes one chunk, lets `change` happen, and takes the others; returns all lines. */
  async function scrapeAround(
    registry: CollectorRegistry,
    change: () => void | Promise<void>,
  ): Promise<string[]> {
    const decoder = new TextDecoder();
    let text = '';
    let isFirst = true;
    for await (const chunk of writeText(registry)) {
      text += decoder.decode(chunk, { stream: true });
      if (isFirst) await change();
      isFirst = false;
    }
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  async function prepared() {
    const registry = registryOf();
    const counter = counterOf(registry);
    for (const [i, values] of pairs(CHUNKED).entries()) counter.labels(...values).inc(i + 1);
    await scrapes(registry, 3);
    return { registry, counter };
  }

  it('goes on where it was, in the same order', async () => {
    const { registry } = await prepared();
    const lines = await scrapeAround(registry, () => {});
    deepEqual(lines, LINES);
  });

  it('leaves out a child that was removed, whose place another one may have', async () => {
    const { registry, counter } = await prepared();
    const lines = await scrapeAround(registry, () => {
      counter.remove(...ALL[CHUNKED - 2]!);
      counter.labels('new', 'one').inc(123_456);
    });
    deepEqual(lines, [...LINES.slice(0, CHUNKED - 2), LINES[CHUNKED - 1]]);
  });

  it('ends where all children were removed', async () => {
    const { registry, counter } = await prepared();
    const lines = await scrapeAround(registry, () => {
      counter.clear();
      for (const values of pairs(CHUNKED)) counter.labels(...values).inc(7);
    });
    ok(lines.length > 500 && lines.length < CHUNKED);
    deepEqual(lines, LINES.slice(0, lines.length));
  });

  it('is not disturbed by another one, nor by one that is not completed', async () => {
    const { registry, counter } = await prepared();
    const lines = await scrapeAround(registry, async () => {
      for await (const _ of writeText(registry)) break;
      for await (const _ of writeOpenMetrics(registry)) break;
      for await (const _ of writeProtobuf(registry)) break;
      equal((await scrapeAround(registry, () => {})).length, CHUNKED);
      counter.labels('late', '').inc();
    });
    equal(lines.length, CHUNKED);
  });

  it('records nothing when a child came while it was recording', async () => {
    const registry = registryOf();
    const counter = counterOf(registry);
    for (const values of pairs(CHUNKED)) counter.labels(...values).inc();
    await scrapes(registry, 1);
    await scrapeAround(registry, () => void counter.labels('late', '').inc());
    deepEqual(await countsOf(registry), { rows: 0, numbers: CHUNKED + 1 });
  });

  it('shows each series once, whatever happens meanwhile', async () => {
    const action = fc.record({ kind: fc.constantFrom('remove', 'add', 'inc'), i: fc.nat(CHUNKED) });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
        const { registry, counter } = await prepared();
        const removed = new Set<string>();
        const touched = new Set<string>();
        const lines = await scrapeAround(registry, () => {
          for (const { kind, i } of actions) {
            const [a, b] = ALL[i]!;
            touched.add(`${a},${b}`);
            if (kind === 'remove') {
              if (counter.remove(a, b)) removed.add(`${a},${b}`);
            } else counter.labels(a, b).inc(kind === 'add' ? 1_000_000 : 1);
          }
        });
        const seen = new Set<string>();
        const known = new Set(LINES);
        for (const line of lines) {
          const [, a, b] = /a="(.*?)",b="(.*?)"/.exec(line)!;
          const key = `${a},${b}`;
          ok(!seen.has(key), `${line} is there twice`);
          seen.add(key);
          if (!touched.has(key)) ok(known.has(line), line);
        }
        for (const pair of ALL.slice(0, CHUNKED)) {
          if (!removed.has(pair.join())) ok(seen.has(pair.join()), `${pair.join()} is missing`);
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** Without showing how they differ, which takes minutes of megabytes. */
function equalBytes(actual: Uint8Array, expected: Uint8Array): void {
  equal(Buffer.compare(actual, expected), 0);
}

const CLOCK = { now: () => 1700000000.25, elapsed: () => 5, after: () => () => {} };
