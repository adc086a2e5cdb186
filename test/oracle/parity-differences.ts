/**
 * What this client and Python's do differently on purpose, as far as a program of metric operations
 * can tell. Programs are drawn without it. `docs/coming-from-python.md` gives the reason of each.
 */

import type { MetricType } from '../../src/index.ts';
import { familyNameOf } from './parity-names.ts';
import type { DeclareOptions, FamilyPlan, InstrumentWord } from './parity-program.ts';
import type { PythonFamily } from './python.ts';

/** True of a declaration that only one of the clients takes, or that they expose differently. */
export function isDeclaredDifferently(type: InstrumentWord, options: DeclareOptions): boolean {
  const { name, labelNames } = options;
  const full = familyNameOf(type, options);
  if (isTarget(type, full)) return true;
  // An info metric's `_info` is part of the format, as a counter's `_total` is; Python adds another.
  if (type === 'info') return full.endsWith('_info');
  if (type !== 'enum') return false;
  // Python compares labels with the name before the namespace, and so finds clashes that are none.
  const prefixed = full !== name;
  return isNoLabelName(full) || (prefixed && [name, full].some((one) => labelNames.includes(one)));
}

/** True of a family that only one of the clients takes, or that they expose differently. */
export function isFamilyDifferent(family: FamilyPlan): boolean {
  const { type, name, labelNames } = family;
  if (isTarget(type, familyNameOf(type, family))) return true;
  // Python looks at no label name of a family.
  if (labelNames.some((label) => label.startsWith('__') || label === RESERVED[type])) return true;
  if (type === 'info') return name.endsWith('_info');
  // Python lets the states overwrite a label of the same name.
  return type === 'stateset' && (isNoLabelName(name) || labelNames.includes(name));
}

/** True of what Python lets stand beside the family of the target info, which has this name too. */
function isTarget(type: string, family: string): boolean {
  return family === 'target' && type !== 'info';
}

const RESERVED: Partial<Record<MetricType, string>> = {
  summary: 'quantile',
  histogram: 'le',
  gaugehistogram: 'le',
};

/** True of names that a state set cannot have here: its states stand under a label of that name. */
function isNoLabelName(name: string): boolean {
  return name.includes(':') || name.startsWith('__');
}

/**
 * True of OpenMetrics that Python's client writes wrongly: there it treats the names of samples as
 * names of labels, which have no colon.
 */
export function isMisnamedInOpenMetrics(name: string): boolean {
  return name.includes(':');
}

/**
 * True of types whose lines bear suffixes that these schemes escape in Python, and here do not:
 * `a__count` is no line of the family `a`.
 */
export function isTornByEscaping(type: string): boolean {
  return ['summary', 'histogram', 'gaugehistogram'].includes(type);
}

/**
 * True of names that Python's client changes in the scheme `dots` and this one does not, as
 * Prometheus' own library does not: those that every server understands as they are, underscores
 * included.
 */
export function isDottedByPython(name: string): boolean {
  return /^[a-zA-Z_:][\w:]*$/.test(name) && name.includes('_');
}

/** How far apart counts may be that were rounded at other steps, as a part of themselves. */
const ROUNDING = 2 ** -50;

/**
 * Python's families with our counts, where those differ by rounding alone: increments by one are added up
 * here by themselves, and Python adds all amounts in the order in which they came.
 */
export function withOurRounding(
  theirs: readonly PythonFamily[],
  ours: readonly PythonFamily[],
): PythonFamily[] {
  return theirs.map((family, i) => {
    if (family.type !== 'counter') return family;
    const samples = family.samples.map((sample, j) => {
      const value = ours[i]?.samples[j]?.value;
      if (value === undefined) return sample;
      const isNear = Math.abs(value - sample.value) <= ROUNDING * Math.abs(value);
      return isNear ? { ...sample, value } : sample;
    });
    return { ...family, samples };
  });
}

/** The metric that says of an exposition of ours that names have become the same by escaping. */
export const OMISSIONS = 'promethium_exposition_omissions';

/**
 * Python's families of a view by names, as this client shows them: of a histogram or summary some of
 * whose lines nobody asked for, each name is a family of its own. Buckets alone are a histogram.
 */
export function withLonelyLines(families: readonly PythonFamily[]): PythonFamily[] {
  const names = new Set(families.map(({ name }) => name));
  return families.flatMap((family): PythonFamily[] => {
    const { name, type, samples } = family;
    if (type !== 'histogram' && type !== 'summary') return [family];
    const lines = [...new Set(samples.map((sample) => sample.name))];
    // Those of a gauge histogram are families of their own in any case.
    const others = lines.filter(
      (line) => line === `${name}_sum` || line === `${name}_count`,
    ).length;
    const gauges = ['_gsum', '_gcount'].filter((suffix) => names.has(name + suffix)).length;
    const isWhole = type === 'summary' ? others === 2 : lines.length - others === 1;
    if (isWhole && others !== 1 && gauges !== 1) return [family];
    return lines.map((line) => ({
      ...family,
      name: line,
      type: 'unknown',
      unit: '',
      samples: samples.filter((sample) => sample.name === line),
    }));
  });
}
