/** Which expositions of a program are compared: whole ones, and one of some names alone. */

import { isMisnamedInOpenMetrics } from './parity-differences.ts';
import { familyNameOf } from './parity-names.ts';
import type { Command, View } from './parity-program.ts';
import type { ProgramDraft } from './parity-resolution.ts';

/** The names of the lines that each type has, start times aside. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  summary: ['_sum', '_count'],
  histogram: ['_bucket', '_sum', '_count'],
  gaugehistogram: ['_bucket', '_gsum', '_gcount'],
  info: ['_info'],
};

interface Named {
  readonly type: string;
  /** The family's. */
  readonly name: string;
}

/**
 * The names of all lines, without those that are also the name of a family with suffixes: Python
 * knows no families by that name, and shows start times as families of their own.
 */
function linesOf(named: readonly Named[]): string[] {
  const families = named.map(({ type, name }) => ({
    name,
    suffixes: LINES[type] ?? [''],
  }));
  const asFamilies = families
    .filter(({ suffixes: [first] }) => first !== '')
    .flatMap(({ name }) => [name, `${name}_created`]);
  return families
    .flatMap(({ name, suffixes }) => suffixes.map((suffix) => name + suffix))
    .filter((name) => !asFamilies.includes(name));
}

/** The views of a program that is drawn in this way. */
export function viewsOf(
  commands: readonly Command[],
  { strict, escaping, asked }: Pick<ProgramDraft, 'strict' | 'escaping' | 'asked'>,
): View[] {
  const wanted = (_: string, i: number): boolean => asked[i % asked.length]!;
  const named = commands.flatMap((command): Named[] => {
    if (command.op === 'declare') {
      return [{ type: command.type, name: familyNameOf(command.type, command.options) }];
    }
    if (command.op === 'targetInfo') return [];
    if (command.op !== 'register') return [];
    return command.families.map(({ type, ...parts }) => ({
      type,
      name: familyNameOf(type, parts),
    }));
  });
  // By the name `target_info`, Python finds the target info and no metric that is called so.
  const names = linesOf(named).filter((name) => name !== 'target_info');
  if (!named.some(({ name }) => name === 'target' || name === 'target_info')) {
    names.push('target_info');
  }
  const views: View[] = [{ format: 'text', escaping }];
  views.push({ format: 'text', escaping, names: names.filter(wanted) });
  if (strict && (escaping === 'underscores' || escaping === 'allow-utf-8')) {
    const misnamed = named.some(({ name }) => isMisnamedInOpenMetrics(name));
    views.push({ format: 'openmetrics', escaping: misnamed ? 'allow-utf-8' : escaping });
  }
  return views;
}
