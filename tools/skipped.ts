/**
 * A reporter for node:test that prints one line for each skipped test, and nothing else.
 *
 * The mistake it is there for: a run that is green since half of it was skipped, far up in its output.
 */

import type { TestEvent } from 'node:test/reporters';

/** Yields the skipped tests, each with its reason. */
// biome-ignore lint/style/noDefaultExport: node:test takes a reporter by no other name
export default async function* skipped(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' || !data.skip) continue;
    yield `${data.name}: ${typeof data.skip === 'string' ? data.skip : 'no reason given'}\n`;
  }
}
