import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParsedBlock } from './parsed-block.ts';
import { StoredBlock } from './stored-block.ts';

describe('ParsedBlock', () => {
  it('is what the block holds now, worked out once for each content', () => {
    const block = new StoredBlock('test', 'a', 0);
    const parsed: string[] = [];
    const one = new ParsedBlock(block, 8, (content) => {
      const text = Buffer.from(content).toString();
      parsed.push(text);
      return text.toUpperCase();
    });
    const shown = ['a', 'a', 'b', undefined, 'c'].map((text, i, all) => {
      if (text !== all[i - 1]) block.content = text === undefined ? text : Buffer.from(text);
      return one.current;
    });
    deepEqual(shown, ['A', 'A', 'B', undefined, 'C']);
    deepEqual(parsed, ['a', 'b', 'c']);
    equal(one.series, 8);
  });
});
