import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeFamilies } from '../../../test/oracle/protobuf.ts';
import { recordFamily } from '../../../test/recorded-family.ts';
import { ParseError } from '../parse/parse-error.ts';
import { parseProtobuf, parseProtobufChunks } from './parse-protobuf.ts';

/** The points of the only family of a document that protobufjs wrote. */
function pointsOf(family: object): unknown[] {
  const [first, ...others] = parseProtobuf(encodeFamilies([{ name: 'a', ...family }]));
  equal(others.length, 0);
  return recordFamily(first!).points.map(({ point }) => point);
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function refuses(document: Uint8Array, offset: number, message: string): void {
  throws(
    () => parseProtobuf(document),
    (error) => {
      ok(error instanceof ParseError, `${error}`);
      equal(error.message, `protobuf "byte ${offset}": ${message}`);
      deepEqual([error.offset, error.line, error.column], [offset, 0, 0]);
      equal(error.code, 'DOCUMENT_INVALID');
      return true;
    },
  );
}

describe('parseProtobuf', () => {
  it('reads a document without families', () => {
    deepEqual(parseProtobuf(new Uint8Array()), []);
  });

  it('makes one family of messages that follow each other with one name', () => {
    const gauge = (name: string, value: number) => ({
      name,
      type: 'GAUGE',
      metric: [{ label: [{ name: 'b', value: `${value}` }], gauge: { value } }],
    });
    const document = encodeFamilies([gauge('a', 1), gauge('a', 2), gauge('c', 3), gauge('a', 4)]);
    deepEqual(
      parseProtobuf(document).map(({ name, samples }) => [name, [...samples].length]),
      [
        ['a', 2],
        ['c', 1],
        ['a', 1],
      ],
    );
  });

  it('reads fields in any order, and passes over those that it does not know', () => {
    // metric, an unknown field of each encoding, type, help, name.
    const document = bytes(
      '2a 220b 12 09 09 000000000000f83f 9006 01 9906 0000000000000000 9206 02 aaaa 9d06 00000000 1801 1201 68 0a01 61',
    );
    document[0] = document.length - 1;
    // Of the metric, the length.
    document[2] = 11;
    const [family] = parseProtobuf(document);
    deepEqual(recordFamily(family!), {
      name: 'a',
      type: 'gauge',
      help: 'h',
      unit: '',
      points: [{ labels: {}, time: null, point: ['number', 1.5, null, null] }],
    });
  });

  it('takes a family without a type for a counter, and what counts without _total for an unknown', () => {
    const metric = [{ counter: { value: 2, startTimestamp: { seconds: 5 } } }];
    const types = ['a_total', 'a', '_total'].map((name) => {
      const [family] = parseProtobuf(encodeFamilies([{ name, metric }]));
      return [family!.name, family!.type, recordFamily(family!).points[0]!.point];
    });
    deepEqual(types, [
      ['a', 'counter', ['number', 2, 5, null]],
      ['a', 'unknown', ['number', 2, 5, null]],
      ['_total', 'unknown', ['number', 2, 5, null]],
    ]);
  });

  it('keeps names that are no names to others, and a label named __proto__', () => {
    const label = [
      { name: '__proto__', value: 'x' },
      { name: 'http.status', value: 'é' },
    ];
    const exemplar = { label, value: 1, timestamp: { seconds: -1, nanos: 5 } };
    const document = encodeFamilies([
      { name: 'b.c_total', type: 'COUNTER', metric: [{ label, counter: { value: 1, exemplar } }] },
    ]);
    const [family] = parseProtobuf(document);
    const [sample] = [...family!.samples];
    equal(sample!.name, 'b.c_total');
    deepEqual(Object.entries(sample!.labels), [
      ['__proto__', 'x'],
      ['http.status', 'é'],
    ]);
    deepEqual(Object.entries(sample!.exemplar!.labels), Object.entries(sample!.labels));
    deepEqual(sample!.exemplar!.timestamp, { seconds: -1, nanos: 5 });
  });

  it('reads summaries in order, and the lines of those that are none', () => {
    const quantile = [
      { quantile: 0.9, value: 2 },
      { quantile: 0.5, value: 1 },
    ];
    const point = (summary: object) => pointsOf({ type: 'SUMMARY', metric: [{ summary }] });
    deepEqual(point({ sampleCount: 3, quantile }), [
      [
        'summary',
        [
          [0.5, 1],
          [0.9, 2],
        ],
        3,
        null,
        null,
      ],
    ]);
    deepEqual(point({ sampleCount: 3, sampleSum: 1, quantile: [{ quantile: 5, value: 1 }] }), [
      ['sample', '', ['quantile', '5'], 1],
      ['sample', '_sum', null, 1],
      ['sample', '_count', null, 3],
    ]);
  });

  it('says where a document is none', () => {
    refuses(bytes('05 0a01 61'), 0, 'the last message is cut short, expected 5 bytes, got 3');
    refuses(
      bytes('03 0a01 61 80'),
      4,
      'the last message is cut short, expected a message, got a part of its length',
    );
    refuses(
      bytes('ff ff ff ff ff 01'),
      0,
      'no length, expected that of a message, got 5 bytes of more to come',
    );
    refuses(bytes('03 0a 05 61'), 1, 'field 1 is cut short, expected 5 bytes, got 1');
    refuses(bytes('00'), 1, 'a family without a name, expected a name, got ""');
    refuses(bytes('03 0a01 ff'), 1, 'no UTF-8, expected text, got 1 bytes');
    refuses(bytes('05 0a01 61 1806'), 4, 'no type, expected a number from 0 to 5, got 6');
    refuses(bytes('02 0801'), 1, 'field 1 in another encoding, expected text, got encoding 0');
    refuses(bytes('02 0001'), 1, 'no field, expected a number from 1, got 0');
    refuses(
      bytes('02 3701'),
      1,
      'an unknown encoding, expected a varint, bytes or a fixed number, got 7',
    );
    refuses(
      bytes('02 3080'),
      3,
      'a value is cut short, expected a varint, got the end of the message',
    );
    refuses(
      bytes('0c 38 ffffffffffffffffffff 7f'),
      2,
      'a varint of more than 64 bits, expected at most 64, got more',
    );
    refuses(
      bytes('0b 0a01 61 1801 2204 1202 0900'),
      11,
      'a value is cut short, expected a double, got the end of the message',
    );
    refuses(
      bytes('07 0a01 61 1801 2200'),
      7,
      'a metric of another type than its family, expected a gauge, got none',
    );
  });

  it('refuses labels that are none', () => {
    const refusesLabels = (names: readonly string[], message: string) => {
      const label = names.map((name) => ({ name, value: 'x' }));
      const metric = [{ label, histogram: {} }];
      const document = encodeFamilies([{ name: 'a', type: 'HISTOGRAM', metric }]);
      throws(() => parseProtobuf(document), { message: `protobuf "byte 7": ${message}` });
    };
    refusesLabels(['b', 'b'], 'a label twice, expected different labels, got b, b');
    refusesLabels([''], 'a label without a name, expected a name, got ""');
    refusesLabels(['le'], 'a label that the type has for itself, expected another name, got le');
  });

  it('refuses what is no bytes', async () => {
    const message = 'protobuf "document": no bytes, expected a Uint8Array, got "a"';
    throws(() => parseProtobuf('a' as never), { name: 'TypeError', message });
    await rejects(parseProtobufChunks(['a'] as never).next(), { name: 'TypeError', message });
  });
});
