/**
 * The entries of one process's Python files as families, with a cell for each number: Python keeps
 * the lines of an exposition apart, here they are one series.
 *
 * What Python's files do not say: units, exemplars, start times, the order of labels; info metrics
 * and enums are not in them.
 */

import type { ContributedFamily, ContributedSeries } from '../../aggregate/contribution.ts';
import { cellCount, type MultiprocessMode, type StoredFamily } from '../../model/cells.ts';
import type { Pairs } from '../../model/labels.ts';
import type { PythonEntry } from './python-entries.ts';

/** What the name of a file says of all that is in it. */
export interface PythonKind {
  readonly type: 'counter' | 'gauge' | 'summary' | 'histogram';
  /** How a gauge merges; `sum` for all other types. */
  readonly mode: MultiprocessMode;
}

/** One file with what was read of it. */
export interface PythonPart extends PythonKind {
  readonly entries: readonly PythonEntry[];
  /** When the file was made, Unix seconds; 0 where nobody says. */
  readonly born: number;
}

/** Where all numbers of one process go. */
export interface PythonLayout {
  readonly families: readonly ContributedFamily[];
  /** The cells of all series, with their start times, and 0 for what is to be filled in. */
  readonly cells: Float64Array;
  /** For each part the cell of each of its entries; -1 for those that nothing is known of. */
  readonly places: readonly Int32Array[];
}

/** Entries that are looked at in one step: a fraction of a millisecond. */
const STEP = 512;

/** One family of one part, on its way. */
interface OpenFamily {
  readonly entries: number[];
  readonly labelNames: Set<string>;
  readonly bounds: Set<number>;
  help: string;
}

/** Lays out the parts of one process, in steps. */
export function* layOutPython(parts: readonly PythonPart[]): Generator<undefined, PythonLayout> {
  const families: ContributedFamily[] = [];
  const places: Int32Array[] = [];
  const starts: [cell: number, time: number][] = [];
  let size = 0;
  for (const part of parts) {
    const partPlaces = new Int32Array(part.entries.length).fill(-1);
    for (const [name, open] of yield* openFamilies(part)) {
      const family = declarationOf(name, open, part);
      const width = cellCount(family);
      const series = yield* placeSeries(
        part,
        { family, entries: open.entries, from: size },
        partPlaces,
      );
      if (family.type !== 'gauge') {
        for (const { index } of series) starts.push([index + width - 1, part.born]);
      }
      families.push({ family, series, isIncomplete: true });
      size += series.length * width;
    }
    places.push(partPlaces);
  }
  const cells = new Float64Array(size);
  for (const [cell, time] of starts) cells[cell] = time;
  return { families, cells, places };
}

/** Gathers what the entries of each family have in common. */
function* openFamilies({
  type,
  entries,
}: PythonPart): Generator<undefined, ReadonlyMap<string, OpenFamily>> {
  const families = new Map<string, OpenFamily>();
  for (let i = 0; i < entries.length; i++) {
    if (i % STEP === STEP - 1) yield;
    const { family, labels, help } = entries[i]!;
    let open = families.get(family);
    if (open === undefined) {
      open = { entries: [], labelNames: new Set(), bounds: new Set(), help };
      families.set(family, open);
    }
    open.entries.push(i);
    // The process declared it last with this one.
    open.help = help;
    for (const [name, value] of labels) {
      if (type !== 'histogram' || name !== 'le') open.labelNames.add(name);
      else if (Number.isFinite(boundOf(value))) open.bounds.add(boundOf(value));
    }
  }
  return families;
}

function declarationOf(
  name: string,
  { help, labelNames, bounds }: OpenFamily,
  { type, mode }: PythonKind,
): StoredFamily {
  return {
    name,
    type,
    help,
    unit: '',
    labelNames: [...labelNames].sort(),
    constantLabels: [],
    bounds: [...bounds].sort((a, b) => a - b),
    states: [],
    mode,
  };
}

/** The series of a family that are to be placed. */
interface Placing {
  readonly family: StoredFamily;
  /** The entries of the family, by their numbers. */
  readonly entries: readonly number[];
  /** The cell of the first series. */
  readonly from: number;
}

/** Gives each entry of a family its cell, and returns the series that these are of. */
function* placeSeries(
  { entries }: PythonPart,
  { family, entries: numbers, from }: Placing,
  places: Int32Array,
): Generator<undefined, readonly ContributedSeries[]> {
  const width = cellCount(family);
  const isOneLine = family.type === 'counter' || family.type === 'gauge';
  const offsetOf = offsets(family);
  const series: ContributedSeries[] = [];
  const byLabels = new Map<string, number>();
  for (let i = 0; i < numbers.length; i++) {
    if (i % STEP === STEP - 1) yield;
    const number = numbers[i]!;
    const entry = entries[number]!;
    const offset = offsetOf(entry);
    if (offset < 0) continue;
    const labelValues = valuesOf(family.labelNames, entry.labels);
    // A counter or gauge that was declared anew with another help has two entries. They are merged
    // like those of two processes, as Python does.
    const key = isOneLine ? String(number) : JSON.stringify(labelValues);
    let index = byLabels.get(key);
    if (index === undefined) {
      index = from + series.length * width;
      byLabels.set(key, index);
      series.push({ labelValues, pairs: [], index });
    }
    places[number] = index + offset;
  }
  return series;
}

/** Finds the cell of an entry within its series, or -1 for a sample that the type does not have. */
function offsets({ name, type, bounds }: StoredFamily): (entry: PythonEntry) => number {
  const places = new Map(bounds.map((bound, place) => [bound, place]));
  return ({ sample, labels }) => {
    switch (type) {
      case 'counter':
        return sample === `${name}_total` ? 0 : -1;
      case 'summary':
        return [`${name}_count`, `${name}_sum`].indexOf(sample);
      case 'histogram': {
        if (sample === `${name}_sum`) return bounds.length + 1;
        const le = labels.find(([label]) => label === 'le')?.[1];
        if (le === undefined) return -1;
        const bound = boundOf(le);
        return bound === Infinity ? bounds.length : (places.get(bound) ?? -1);
      }
      default:
        return sample === name ? 0 : -1;
    }
  };
}

/** The bound in a label `le`, as Python writes numbers; NaN for anything else. */
function boundOf(le: string): number {
  if (le === '+Inf') return Infinity;
  return le === '' ? Number.NaN : Number(le);
}

function valuesOf(names: readonly string[], labels: Pairs): string[] {
  // Keys hold labels by their names, most often all that the family has: no search is needed then.
  return names.map((name, i) => {
    const label = labels[i];
    if (label !== undefined && label[0] === name) return label[1];
    return labels.find(([other]) => other === name)?.[1] ?? '';
  });
}
