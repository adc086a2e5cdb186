import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordFamily } from '../../../test/recorded-family.ts';
import type { MetricFamily } from '../../model/family.ts';
import { GaugeMetricFamily } from '../../model/number-families.ts';
import { writeOpenMetrics } from '../format.ts';
import { parseOpenMetricsChunks, parseText, parseTextChunks } from './parse.ts';
import type { DocumentChunks } from './parse-lines.ts';

const DOCUMENT = '# HELP a é🦀\na{b="🦀"} 1\na{b="漢"} 2\na{b="x"} 3';

async function gather(families: AsyncIterable<MetricFamily>): Promise<unknown> {
  const all: MetricFamily[] = [];
  for await (const family of families) all.push(family);
  return all.map(recordFamily);
}

describe('parseTextChunks', () => {
  const whole = parseText(DOCUMENT).map(recordFamily);
  const bytes = new TextEncoder().encode(DOCUMENT);

  it('reads bytes and text, wherever they are cut', async () => {
    for (let at = 0; at <= bytes.length; at++) {
      deepEqual(await gather(parseTextChunks([bytes.slice(0, at), bytes.slice(at)])), whole);
      const text = [DOCUMENT.slice(0, at), DOCUMENT.slice(at)];
      deepEqual(await gather(parseTextChunks(text)), whole);
    }
    deepEqual(
      await gather(parseTextChunks(Array.from(bytes, (byte) => Uint8Array.of(byte)))),
      whole,
    );
  });

  it('reads chunks whose bytes are written over', async () => {
    async function* borrowed() {
      const buffer = Buffer.alloc(3);
      for (let at = 0; at < bytes.length; at += 3) {
        const count = Buffer.from(bytes.subarray(at, at + 3)).copy(buffer);
        yield buffer.subarray(0, count);
        buffer.fill(0);
      }
    }
    deepEqual(await gather(parseTextChunks(borrowed())), whole);
  });

  const notUtf8: readonly (readonly [bytes: number[], message: string])[] = [
    [[0x61, 0xff], 'text "line 1, column 2": no UTF-8, expected a character, got byte 0xff'],
    [
      [0x23, 0x0a, 0x23, 0xc3, 0x28, 0x0a],
      'text "line 2, column 2": no UTF-8, expected a character, got byte 0x28',
    ],
    [[0x23, 0xe6, 0xbc], 'text "line 1, column 2": no UTF-8, expected a character, got byte 0xbc'],
  ];
  for (const [bad, message] of notUtf8) {
    it(`refuses the bytes ${bad}`, async () => {
      await rejects(gather(parseTextChunks([Uint8Array.from(bad)])), { message });
      await rejects(gather(parseTextChunks(bad.map((byte) => Uint8Array.of(byte)))), { message });
    });
  }

  it('does not take a long line for many', { timeout: 20_000 }, async () => {
    const chunks = Array.from({ length: 2000 }, () => 'x'.repeat(10_000));
    await rejects(gather(parseTextChunks(chunks)), {
      message:
        'text "line 1, column 20000001": no value, expected a number, got the end of the line',
    });
  });
});

describe('parseOpenMetricsChunks', () => {
  it('reads what the writers stream', async () => {
    const family = new GaugeMetricFamily({ name: 'a', help: 'A.', labelNames: ['n'] });
    for (let i = 0; i < 20_000; i++) family.addMetric([i], i);
    const chunks = writeOpenMetrics({ collect: () => [family] });
    deepEqual(await gather(parseOpenMetricsChunks(chunks)), [recordFamily(family)]);
  });

  it('yields a family when the next one begins, and throws behind it', async () => {
    const chunks: DocumentChunks = ['# TYPE a gauge\na 1\nb', ' 2\nc', ' x\n'];
    const families = parseOpenMetricsChunks(chunks);
    equal((await families.next()).value?.name, 'a');
    await rejects(families.next(), {
      message: 'openmetrics "line 4, column 3": no value, expected a number, got "x"',
    });
  });
});
