/** Results as a table for people. */

import { CONTENDERS, type Contender, type Goal, INCUMBENTS, type Unit } from './benchmark.ts';
import { type Spread, spread } from './statistics.ts';

/** The numbers of one case. */
export interface Result {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  readonly goal: Goal;
  /** A number for each round. */
  readonly rounds: Readonly<Partial<Record<Contender, readonly number[]>>>;
}

/** What the numbers of one case come to. */
export interface Verdict {
  readonly spreads: Readonly<Partial<Record<Contender, Spread>>>;
  /** How many times less this library takes than the better incumbent, by medians. */
  readonly incumbent: number;
  /** How many times less than Python's client, where that took part. */
  readonly python: number | undefined;
  /** How many times the bare operation this library takes, where there is one. */
  readonly bare: number | undefined;
  /** Whether all goals are reached. */
  readonly reached: boolean;
}

/** Compares the medians of one case. */
export function judge({ goal, rounds }: Pick<Result, 'goal' | 'rounds'>): Verdict {
  const spreads: Partial<Record<Contender, Spread>> = {};
  for (const [contender, numbers] of Object.entries(rounds)) {
    spreads[contender as Contender] = spread(numbers);
  }
  const own = spreads.promethium?.median ?? Number.NaN;
  const best = Math.min(...INCUMBENTS.map((name) => spreads[name]?.median ?? Infinity));
  const incumbent = best / own;
  const bare = spreads.bare && own / spreads.bare.median;
  const python = spreads.prometheus_client && spreads.prometheus_client.median / own;
  const reached =
    (python ?? Infinity) >= (goal.python ?? 0) &&
    incumbent >= (goal.incumbent ?? 0) &&
    (bare ?? 0) <= (goal.bare ?? Infinity) &&
    own <= (goal.most ?? Infinity);
  return { spreads, incumbent, python, bare, reached };
}

/** The table in Markdown, which reads as well in a terminal. */
export function toTable(results: readonly Result[]): string {
  const contenders = CONTENDERS.filter((name) => results.some(({ rounds }) => rounds[name]));
  const header = ['median (min–max)', ...contenders, 'against the better', 'against bare'];
  return toMarkdown([header, ...results.map((result) => toRow(result, contenders))]);
}

function toRow(result: Result, contenders: readonly Contender[]): string[] {
  const { title, unit, goal } = result;
  const { spreads, incumbent, python, bare, reached } = judge(result);
  const cell = (contender: Contender): string => {
    const numbers = spreads[contender];
    if (numbers === undefined) return '';
    const { median, min, max } = numbers;
    const most = contender === 'promethium' && goal.most;
    const aim = most ? ` (goal ${most} ${unit})` : '';
    return `${digits(median)} (${digits(min)}–${digits(max)})${aim}`;
  };
  return [
    `${title}, ${unit}`,
    ...contenders.map(cell),
    `${against(incumbent, goal.incumbent)}${fromPython(python, goal)}${reached ? '' : ' ✗'}`,
    bare === undefined ? '' : `${digits(bare)}×${goal.bare ? ` (goal ${goal.bare}×)` : ''}`,
  ];
}

/** How it compares with the better incumbent; nothing where nobody else does the same. */
function against(ratio: number, goal: number | undefined): string {
  if (ratio === Infinity) return '';
  return `${digits(ratio)}×${goal ? ` (goal ${digits(goal)}×)` : ''}`;
}

function fromPython(ratio: number | undefined, goal: Goal): string {
  return ratio === undefined ? '' : `; Python ${against(ratio, goal.python)}`;
}

/** Three digits that count, which is more than the spread of most rows deserves. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/\.?0+$/, '');
}

function toMarkdown(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const padded = rows.map((row) =>
    line(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))),
  );
  const rule = line(widths.map((width, i) => `${'-'.repeat(width - 1)}${i === 0 ? '-' : ':'}`));
  return [padded[0]!, rule, ...padded.slice(1)].join('\n');
}
