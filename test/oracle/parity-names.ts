/** The names that metrics of a program come to have, by the rules that both clients share. */

import type { DeclareOptions, FamilyPlan } from './parity-program.ts';

type Parts = Pick<DeclareOptions, 'name' | 'namespace' | 'subsystem' | 'unit'>;

/** The family's name: what stands before it, the name without a counter's `_total`, the unit. */
export function familyNameOf(
  type: string,
  { name, namespace = '', subsystem = '', unit = '' }: Parts,
): string {
  const full = [namespace, subsystem, name].filter((part) => part !== '').join('_');
  const family = type === 'counter' ? full.replace(/_total$/, '') : full;
  return unit === '' || family.endsWith(`_${unit}`) ? family : `${family}_${unit}`;
}

/** The names that a scrape shows, with the suffix that belongs to the type, and the labels'. */
export function exposedNamesOf({
  type,
  labelNames,
  ...parts
}: Pick<FamilyPlan, 'type' | 'labelNames'> & Parts): string[] {
  const suffix = { counter: '_total', info: '_info' }[type as string] ?? '';
  return [familyNameOf(type, parts) + suffix, ...labelNames];
}
