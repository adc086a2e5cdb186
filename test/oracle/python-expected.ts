/** What Python has to find in an exposition of these families, in the words of its own parsers. */

import type { Exemplar, MetricFamily, Sample, Timestamp } from '../../src/index.ts';
import type { PythonExemplar, PythonFamily, PythonSample } from './python.ts';

/** The families as text carries them, without units, exemplars and the types it does not have. */
export function expectedInText(families: readonly MetricFamily[]): PythonFamily[] {
  return families.flatMap((family): PythonFamily[] => {
    const { name, help } = family;
    const samples = [...family.samples].map((sample) => ({
      ...toPythonSample(sample, toMilliseconds),
      exemplar: null,
    }));
    const header = { name, help, unit: '' };
    switch (family.type) {
      case 'info':
        return [{ ...header, name: `${name}_info`, type: 'gauge', samples }];
      case 'stateset':
        return [{ ...header, type: 'gauge', samples }];
      case 'gaugehistogram':
        return splitBySuffix({ ...header, type: 'histogram', samples });
      default:
        return [{ ...header, type: family.type, samples }];
    }
  });
}

/** Text has no gauge histograms: buckets are a histogram, counts and sums gauges behind it. */
function splitBySuffix(family: PythonFamily): PythonFamily[] {
  const { name, samples } = family;
  const ending = (suffix: string): PythonFamily => ({
    ...family,
    name: name + suffix,
    type: 'gauge',
    samples: samples.filter((sample) => sample.name === name + suffix),
  });
  const gauges = [ending('_gcount'), ending('_gsum')].filter(
    ({ samples: some }) => some.length > 0,
  );
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  return [{ ...family, samples: buckets }, ...gauges];
}

/** The families as OpenMetrics carries them, without what it forbids. */
export function expectedInOpenMetrics(families: readonly MetricFamily[]): PythonFamily[] {
  return families.map((family) => {
    const { name, type, help, unit } = family;
    const hasUnit = type !== 'info' && type !== 'stateset' && name.endsWith(`_${unit}`);
    return {
      name,
      type,
      help,
      unit: hasUnit ? unit : '',
      samples: allowedSamples(family).map((sample) => toPythonSample(sample, toNanoseconds)),
    };
  });
}

/** Without the sum of a histogram with negative bounds, and the count where there is no sum. */
function allowedSamples({ name, type, samples }: MetricFamily): Sample[] {
  const all = [...samples];
  if (type !== 'histogram' && type !== 'gaugehistogram') return all;
  const groupOf = ({ labels: { le: _, ...labels } }: Sample): string => JSON.stringify(labels);
  const groups = (some: (sample: Sample) => boolean): Set<string> =>
    new Set(all.filter(some).map(groupOf));
  const summed = groups((sample) => /_g?sum$/.test(sample.name.slice(name.length)));
  const negative = groups(({ labels }) => type === 'histogram' && Number(labels['le']) < 0);
  return all.filter((sample) => {
    const group = groupOf(sample);
    return sample.name === `${name}_bucket` || (summed.has(group) && !negative.has(group));
  });
}

function toPythonSample(
  { name, labels, value, timestamp, exemplar }: Sample,
  toTime: (timestamp: Timestamp) => string,
): PythonSample {
  return {
    name,
    labels,
    value,
    timestamp: timestamp === undefined ? null : toTime(timestamp),
    exemplar: exemplar === undefined ? null : toPythonExemplar(exemplar),
  };
}

function toPythonExemplar({ labels, value, timestamp }: Exemplar): PythonExemplar | null {
  if ([...Object.entries(labels).flat().join('')].length > 128) return null;
  return { labels, value, timestamp: timestamp === undefined ? null : toNanoseconds(timestamp) };
}

function toNanoseconds(timestamp: Timestamp): string {
  if (typeof timestamp === 'number') return `${timestamp.toFixed(3)}000000`;
  return `${timestamp.seconds}.${String(timestamp.nanos).padStart(9, '0')}`;
}

function toMilliseconds(timestamp: Timestamp): string {
  if (typeof timestamp === 'number') return timestamp.toFixed(3);
  return ((timestamp.seconds * 1000 + Math.round(timestamp.nanos / 1e6)) / 1000).toFixed(3);
}
