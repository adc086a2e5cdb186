/** What an instrument's options come to: its family, and the rules of its labels. */

import type { InstrumentType, MultiprocessMode, StoredFamily } from '../../model/cells.ts';
import { show } from '../../model/error.ts';
import { validateLabelNames } from '../../model/name.ts';
import type { ExemplarSampling } from '../exemplars/exemplar-options.ts';
import { joined, toPairs } from '../labels/constant-labels.ts';
import { type LabelRules, labelRules } from '../labels/label-rules.ts';
import type { QuantileSettings } from '../quantiles/quantile-window.ts';
import type { InstrumentRegistry } from '../registry/instrument-registry.ts';
import type { DeclarationOptions } from './instrument-options.ts';
import type { NativeOptions } from './native-options.ts';

/** What only some types are declared with. */
export interface TypeOptions {
  readonly bounds?: readonly number[];
  readonly states?: readonly string[];
  readonly mode?: MultiprocessMode;
  /** How exemplars are sampled, `false` for not at all; as the registry does unless given. */
  readonly exemplars?: ExemplarSampling | false | undefined;
  readonly quantiles?: QuantileSettings | undefined;
  readonly native?: NativeOptions | undefined;
}

/** What has to be known of an instrument's type to describe its family. */
export interface DescribedKind {
  /** The type that is exposed. */
  readonly type: InstrumentType;
  /** Checks the options of its own and returns what they come to. */
  typeOptions(subject: string, options: object): TypeOptions;
}

/** Everything about a metric but its name: its family, and the rules of its labels. */
export function describe(
  subject: string,
  kind: DescribedKind,
  options: DeclarationOptions,
  header: Pick<StoredFamily, 'name' | 'type' | 'unit'>,
  registry: InstrumentRegistry | null,
): {
  readonly family: StoredFamily;
  readonly rules: LabelRules;
  readonly typeOptions: TypeOptions;
} {
  const { help, constantLabels } = options;
  if (typeof help !== 'string' || help === '') {
    throw new TypeError(`${subject}: no help, expected a sentence for people, got ${show(help)}`);
  }
  const rules = labelRules(subject, header, options);
  validateCallback(subject, rules.names, options);
  const own = constantLabels === undefined ? [] : toPairs(subject, constantLabels);
  validateLabelNames(subject, header, [...own.map(([name]) => name), ...rules.names]);
  // Those of the registry are for all metrics, whose own labels come first.
  const outer = (registry?.constantLabels ?? []).filter(
    ([name]) =>
      !rules.names.includes(name) && !(header.type === 'stateset' && name === header.name),
  );
  const typeOptions = kind.typeOptions(subject, options);
  const { bounds = [], states = [], mode = 'sum', native } = typeOptions;
  const maxChildren = rules.maxChildren ?? registry?.root.maxChildren ?? Infinity;
  const family: StoredFamily = {
    ...header,
    help,
    labelNames: rules.names,
    constantLabels: joined(outer, own),
    bounds,
    states,
    mode,
    ...(native !== undefined && { native }),
    ...(rules.names.length > 0 && Number.isFinite(maxChildren) && { maxChildren }),
  };
  return { family, rules, typeOptions };
}

function validateCallback(
  subject: string,
  labelNames: readonly string[],
  { callback }: { readonly callback?: unknown },
): void {
  if (callback === undefined) return;
  requireCallback(subject, callback);
  if (labelNames.length === 0) return;
  throw new TypeError(
    `${subject}: callback on a metric with labels, expected setFunction() on its children, got a callback`,
  );
}

export function requireCallback(subject: string, callback: unknown): void {
  if (typeof callback === 'function') return;
  throw new TypeError(`${subject}: no callback, expected a function, got ${show(callback)}`);
}
