import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert, constantFrom, integer, oneof, property, string } from 'fast-check';
import { ByteBuffer } from './byte-buffer.ts';

function read(buffer: ByteBuffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(buffer.bytes.subarray(0, buffer.length));
}

const anyString = string({ unit: 'binary', maxLength: 300 });

describe('ByteBuffer', () => {
  it('writes text, bytes and numbers one after the other', () => {
    const buffer = new ByteBuffer(1);
    buffer.text('a');
    buffer.byte(61);
    buffer.number(12.5);
    buffer.twoBytes(59, 32);
    buffer.lastNumber(7);
    equal(read(buffer), 'a=12.5; 7\n');
  });

  it('writes any text as UTF-8', () => {
    assert(
      property(anyString, (text) => {
        const buffer = new ByteBuffer(16);
        buffer.text(text);
        equal(read(buffer), text);
      }),
    );
  });

  it('writes half a surrogate pair as the replacement character', () => {
    const buffer = new ByteBuffer(16);
    buffer.text('a\ud83d');
    buffer.quoted('\udc00"');
    equal(read(buffer), 'a\ufffd\ufffd\\""');
  });

  it('escapes backslash, quote and line feed and closes the quotes, in texts of any length', () => {
    assert(
      property(oneof(anyString, string({ unit: constantFrom('a', '\\', '"', '\n') })), (text) => {
        const buffer = new ByteBuffer(16);
        buffer.quoted(text);
        equal(
          read(buffer),
          `${text.replace(/[\\"\n]/g, (it) => (it === '\n' ? '\\n' : `\\${it}`))}"`,
        );
      }),
    );
  });

  it('writes a line with a closing brace and a value, whatever is before them', () => {
    assert(
      property(anyString, (labels) => {
        const line = new ByteBuffer(16);
        line.text(labels);
        const buffer = new ByteBuffer(16);
        for (const value of [0, 12_345, 0.5]) buffer.sample(line, value);
        const before = read(line);
        equal(read(buffer), `${before}} 0\n${before}} 12345\n${before}} 0.5\n`);
      }),
    );
  });

  it('copies any part of another buffer, whatever characters it holds', () => {
    const text = string({ unit: 'binary', minLength: 1, maxLength: 500 });
    assert(
      property(text, text, integer({ min: 0, max: 40 }), (stale, fresh, offset) => {
        const source = new ByteBuffer(8);
        // What was written before lies behind the end, where copying may read but not take from.
        source.text(stale);
        source.length = 0;
        source.text(fresh);
        const target = new ByteBuffer(8);
        target.text('x'.repeat(offset));
        target.copy(source, 0, source.length);
        target.text('|');
        equal(read(target), `${'x'.repeat(offset)}${fresh}|`);
      }),
    );
  });

  it('copies DEL after a character of four bytes, which read backwards would be a NaN', () => {
    const source = new ByteBuffer(8);
    source.text('abc\u{10ffff}\x7f\u{10ffff}\x7f\u{1f600}\x7f');
    for (let start = 0; start < source.length; start++) {
      const target = new ByteBuffer(8);
      target.copy(source, start, source.length);
      deepEqual(
        target.bytes.subarray(0, target.length),
        source.bytes.subarray(start, source.length),
      );
    }
  });

  it('takes back what was written last when its length is lowered', () => {
    const buffer = new ByteBuffer(4);
    buffer.text('keep this');
    buffer.length = 4;
    buffer.text('!');
    equal(read(buffer), 'keep!');
  });
});
