/** What a scrape would show, as values that a test can compare. */

import { show } from '../model/error.ts';
import type { Collector } from '../model/family.ts';
import { wellFormed } from '../model/label-value.ts';
import type { LabelValue } from '../model/labels.ts';
import type { Sample } from '../model/sample.ts';

/**
 * All samples of a registry, a metric or a collector, as it shows them now. A registry leaves out
 * collectors that fail, and tells its `onError`; a collector on its own rejects.
 *
 * @param source - A registry, a metric, or anything else with a `collect()`.
 * @throws {TypeError} When it has no `collect()`.
 */
export async function samples(source: Collector): Promise<Sample[]> {
  if (typeof source?.collect !== 'function') {
    throw new TypeError(
      `samples: no source, expected an object with collect(), got ${show(source)}`,
    );
  }
  const all: Sample[] = [];
  for await (const family of await source.collect()) all.push(...family.samples);
  return all;
}

/**
 * The value of one sample, or `undefined` where there is none with exactly these labels.
 *
 * @param source - A registry, a metric, or anything else with a `collect()`.
 * @param name - The sample's name with its suffix: `http_requests_total`, `job_seconds_bucket`.
 * @param labels - All of its labels, those of the type such as `le` as well; none unless given.
 * @throws {TypeError} When the source has no `collect()`, or name and labels are none.
 * @throws {RangeError} When there are several such samples, at different times.
 */
export async function getSampleValue(
  source: Collector,
  name: string,
  labels: Readonly<Record<string, LabelValue>> = {},
): Promise<number | undefined> {
  if (typeof name !== 'string') {
    throw new TypeError(`sample ${show(name)}: no name, expected a string, got ${show(name)}`);
  }
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) {
    throw new TypeError(
      `sample "${name}": labels are none, expected an object of strings and numbers, got ${show(labels)}`,
    );
  }
  const wanted = Object.entries(labels);
  const all = await samples(source);
  const found = all.filter(
    (sample) =>
      sample.name === name &&
      Object.keys(sample.labels).length === wanted.length &&
      wanted.every(
        ([label, value]) =>
          Object.hasOwn(sample.labels, label) && sample.labels[label] === wellFormed(`${value}`),
      ),
  );
  if (found.length > 1) {
    throw new RangeError(
      `sample "${name}": several with these labels, expected one, got ${show(found.map(({ value }) => value))}`,
    );
  }
  return found[0]?.value;
}
