import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseProtobuf, toProtobuf, toText } from '../../src/exposition/index.ts';
import { everyMetric } from './every-metric.ts';
import { protocDecode, protocEncode, splitMessages, withoutProtoc } from './protobuf.ts';

describe('protoc', { skip: withoutProtoc }, () => {
  it('decodes all types that we write, and its own bytes of that are ours', async () => {
    const bytes = await toProtobuf(everyMetric(), { escaping: 'allow-utf-8' });
    for (const message of splitMessages(bytes)) {
      const text = protocDecode(message);
      // A field that it does not know stands there by its number.
      equal(/^ *\d+/m.exec(text)?.[0], undefined, text);
      equal(Buffer.from(protocEncode(text)).toString('hex'), Buffer.from(message).toString('hex'));
    }
  });

  it('makes bytes that we read', async () => {
    const metrics = `metric { label { name: "a" value: "é" } summary { sample_count: 3 sample_sum: 4.5
      quantile { quantile: 0.5 value: 1 } } timestamp_ms: -5 }`;
    const message = protocEncode(`name: "s" help: "h" type: SUMMARY ${metrics} unit: "bytes"`);
    const document = Uint8Array.of(message.length, ...message);
    equal(
      await toText({ collect: () => parseProtobuf(document) }),
      `# HELP s h
# TYPE s summary
s{a="é",quantile="0.5"} 1 -5
s_sum{a="é"} 4.5 -5
s_count{a="é"} 3 -5
`,
    );
  });
});
