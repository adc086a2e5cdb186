import { deepEqual, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ParseError, parseOpenMetrics, parseText } from '../../src/exposition/index.ts';
import type { MetricFamily, Timestamp } from '../../src/index.ts';
import { type Format, makeDocument } from '../fuzz/documents.ts';
import { Random } from '../fuzz/random.ts';
import { type PythonFamily, PythonJudge, pythonName, withoutPython } from './python.ts';

const DOCUMENTS = 3000;
const SEED = 20_261_122;

const PARSERS = { text: parseText, openmetrics: parseOpenMetrics };

/** A sample as both can say it: bounds as numbers, no empty labels, no sign of zero. */
type Line = readonly [name: string, labels: string, time: number | null, value: string];

function toLine(
  name: string,
  labels: Readonly<Record<string, string>>,
  time: number | null,
  value: number,
): Line {
  const pairs = Object.entries(labels)
    .filter(([, text]) => text !== '')
    .map(([key, text]) => [key, /^(le|quantile)$/.test(key) ? String(Number(text)) : text])
    .sort(([a], [b]) => (a! < b! ? -1 : 1));
  return [
    name,
    JSON.stringify(pairs),
    time === null ? null : Math.round(time * 1000) + 0,
    String(value + 0),
  ];
}

function seconds(time: Timestamp | undefined): number | null {
  if (time === undefined) return null;
  return typeof time === 'number' ? time : time.seconds + time.nanos / 1e9;
}

/** Below 0, Python counts nanoseconds down, and its judge says `-1.-500000000`. */
function pythonSeconds(time: string | null): number | null {
  if (time === null) return null;
  const [whole, nanos] = time.split('.-');
  return nanos === undefined ? Number(time) : Number(whole) - Number(nanos) / 1e9;
}

function ours(families: readonly MetricFamily[]): Line[] {
  return families.flatMap((family) =>
    [...family.samples].map(({ name, labels, timestamp, value }) =>
      toLine(name, labels, seconds(timestamp), value),
    ),
  );
}

function theirs(families: readonly PythonFamily[]): Line[] {
  return families.flatMap(({ samples }) =>
    samples.map(({ name, labels, timestamp, value }) =>
      toLine(name, labels, pythonSeconds(timestamp), value),
    ),
  );
}

/**
 * Both in one order. Left out is what a point says without a line, or a line without a sample: counts
 * and start times. Of several samples of a series at one time, Python has but the first.
 */
function comparable(lines: readonly Line[]): Line[] {
  const seen = new Map<string, Line>();
  for (const line of lines) {
    if (/_(g?count|created)$/.test(line[0])) continue;
    const key = JSON.stringify(line.slice(0, 3));
    if (!seen.has(key)) seen.set(key, line);
  }
  return [...seen.keys()].sort().map((key) => seen.get(key)!);
}

describe(`parsers, beside those of ${pythonName}`, { skip: withoutPython }, () => {
  let python: PythonJudge;

  before(() => {
    python = new PythonJudge();
  });

  after(() => python?.[Symbol.asyncDispose]());

  for (const format of ['text', 'openmetrics'] satisfies Format[]) {
    it(`find the same samples in ${format} that both accept`, async () => {
      let both = 0;
      for (let number = 0; number < DOCUMENTS; number++) {
        const random = new Random(Math.imul(SEED + number, 0x9e3779b1));
        const document = makeDocument(random, format);
        const families = attempt(() => PARSERS[format](document));
        const judged = await python.read(format, document).catch(() => undefined);
        if (families === undefined || judged === undefined) continue;
        both++;
        deepEqual(comparable(ours(families)), comparable(theirs(judged)), document);
      }
      ok(both > DOCUMENTS / 10, `both accept ${both}`);
    });
  }
});

function attempt(parse: () => MetricFamily[]): MetricFamily[] | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
