/** Asks contenders what they have counted, so that one that did not count cannot win. */

import type { Incumbent, Library } from './benchmark.ts';

/** The sum of a family's samples with this suffix: `_total`, `_count`, or none. */
export async function promethiumCount(
  library: Library,
  registry: InstanceType<Library['CollectorRegistry']>,
  suffix: string,
): Promise<number> {
  const text = await library.toText(registry);
  return sumOfLines(text, suffix);
}

/** The same of an incumbent's registry. */
export async function incumbentCount(
  registry: InstanceType<Incumbent['Registry']>,
  suffix: string,
): Promise<number> {
  return sumOfLines(await registry.metrics(), suffix);
}

/** The sum of the values on the lines of an exposition whose names end with `suffix`. */
export function sumOfLines(text: string, suffix: string): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    const name = /^[a-z_]+/.exec(line)?.[0];
    if (name?.endsWith(suffix)) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}
