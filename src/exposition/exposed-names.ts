/**
 * The names of one exposition: how each is written in the scheme that was agreed on, and which of
 * the things that come to bear one name after that is shown under it.
 */

import { pointsFamily } from '../model/composed-family.ts';
import { show } from '../model/error.ts';
import type { FamilyHeader, FamilyWriter, MetricFamily, MetricType } from '../model/family.ts';
import { wellFormed } from '../model/label-value.ts';
import type { Pair, Pairs } from '../model/labels.ts';
import { claimedNames, isLegacyLabelName, isLegacyMetricName, typeSuffix } from '../model/name.ts';
import { escapeQuoted } from './escape.ts';
import { ESCAPING_SCHEMES, type EscapingScheme, escapeLabelName, escapeName } from './escaping.ts';

/**
 * Why something is missing: another family bears its name, two of its labels have one name, the
 * format has no place for it, its walk threw, or it is not what a family has to be.
 */
export type Omission = 'name' | 'label' | 'format' | 'walk' | 'shape';

type Named = Pick<FamilyHeader, 'name' | 'type'>;

const OMISSIONS: FamilyHeader = {
  name: 'promethium_exposition_omissions',
  type: 'gauge',
  help: 'What this exposition does not show: families by name, label, walk or shape, points by format.',
  unit: '',
  labelNames: ['family', 'reason'],
  constantLabels: [],
};

/** The names of one exposition. A scrape makes one, and its writer uses it. */
export class ExposedNames {
  /** How names are written that not every server understands. */
  readonly scheme: EscapingScheme;
  /**
   * Names and types of the families so far, as long as all of their names are written as they are.
   * Not the families, which would otherwise live until the last of them is written.
   */
  readonly #unchangedNames: string[] = [];
  readonly #unchangedTypes: MetricType[] = [];
  /** All names that lines may bear so far, from the first family on whose name was changed. */
  #taken: Set<string> | undefined;
  /** The name that was looked at last, where that needs no escaping. */
  #legacy: string | undefined;
  readonly #omitted = new Map<string, { readonly values: Pair; count: number }>();

  /** False where names as they are need no quotes: protobuf has a length before each. */
  readonly #inQuotes: boolean;

  /** @throws {RangeError} When there is no such scheme. */
  constructor(
    scheme: EscapingScheme = 'underscores',
    { inQuotes = true }: { readonly inQuotes?: boolean } = {},
  ) {
    this.#inQuotes = inQuotes;
    if (!ESCAPING_SCHEMES.includes(scheme)) {
      throw new RangeError(
        `exposition "escaping": unknown scheme, expected ${ESCAPING_SCHEMES.join(', ')}, got ${show(scheme)}`,
      );
    }
    this.scheme = scheme;
  }

  /**
   * The family's name in the scheme, without the suffix of its type and without quotes. The suffix
   * is escaped with the name, as Prometheus' own libraries do; those that tell lines apart, such as
   * `_bucket`, stand behind it as they are.
   */
  metric({ name, type }: Named): string {
    // Asked twice for each family: when it is admitted and when it begins.
    if (name === this.#legacy) return name;
    if (isLegacyMetricName(name)) {
      this.#legacy = name;
      return name;
    }
    const suffix = typeSuffix(type);
    const escaped = escapeName(name + suffix, this.scheme);
    return escaped.slice(0, escaped.length - suffix.length);
  }

  /** True of a name in the scheme that has to stand in quotes, within the braces. */
  isQuoted(metric: string): boolean {
    return this.scheme === 'allow-utf-8' && !isLegacyMetricName(metric);
  }

  /** A label's name as it is written, quotes included where the format has them. */
  label(name: string): string {
    if (isLegacyLabelName(name)) return name;
    return this.scheme === 'allow-utf-8' && this.#inQuotes
      ? `"${escapeQuoted(name)}"`
      : escapeLabelName(name, this.scheme);
  }

  /** Labels under their names as they are written; `undefined` where two would have one name. */
  labels(pairs: Pairs, others: readonly string[] = []): Pairs | undefined {
    const written = pairs.map(([name, value]): Pair => [this.label(name), value]);
    const names = new Set([...others, ...written.map(([name]) => name)]);
    return names.size === others.length + pairs.length ? written : undefined;
  }

  /**
   * True where the family may be shown. False where its name has become that of a family before it,
   * or two of its labels have one name: they can tell its metrics apart no more.
   */
  admit(family: FamilyHeader): boolean {
    if (this.scheme === 'allow-utf-8') return true;
    if (this.#hasLabelsAlike(family)) return this.#refuse(family, 'label');
    const { type } = family;
    const name = this.metric(family);
    if (this.#taken === undefined && name === family.name) {
      this.#unchangedNames.push(name);
      this.#unchangedTypes.push(type);
      return true;
    }
    this.#taken ??= this.#claimUnchanged();
    const names = claimedNames({ name, type });
    if (names.some((taken) => this.#taken?.has(taken))) return this.#refuse(family, 'name');
    for (const claimed of names) this.#taken.add(claimed);
    return true;
  }

  /** Counts something of a family that is not shown. */
  omit({ name }: Pick<FamilyHeader, 'name'>, reason: Omission): void {
    // Well-formed here, where two names that become one on their way to UTF-8 are one count.
    const family = wellFormed(name);
    const key = `${reason} ${family}`;
    const omitted = this.#omitted.get(key);
    if (omitted === undefined) this.#omitted.set(key, { values: [family, reason], count: 1 });
    else omitted.count++;
  }

  /** What is missing, as a family of this exposition; none where nothing is. */
  report(): MetricFamily[] {
    if (this.#omitted.size === 0) return [];
    const points = Array.from(this.#omitted.values(), ({ values, count }) => ({
      labelValues: values,
      write: (to: FamilyWriter) => to.number(count),
    }));
    return [pointsFamily(OMISSIONS, points)];
  }

  #hasLabelsAlike({ name, type, labelNames, constantLabels }: FamilyHeader): boolean {
    if (labelNames.length === 0 && constantLabels.length === 0 && type !== 'stateset') return false;
    const unchanged =
      labelNames.every(isLegacyLabelName) &&
      constantLabels.every(([label]) => isLegacyLabelName(label)) &&
      (type !== 'stateset' || isLegacyLabelName(name));
    if (unchanged) return false;
    // A label that becomes `__name__` would name the metric a second time.
    const all = [...labelNames, ...constantLabels.map(([label]) => label), '__name__'];
    if (type === 'stateset') all.push(name);
    return new Set(all.map((label) => this.label(label))).size < all.length;
  }

  #claimUnchanged(): Set<string> {
    const types = this.#unchangedTypes;
    return new Set(
      this.#unchangedNames.flatMap((name, i) => claimedNames({ name, type: types[i]! })),
    );
  }

  #refuse(family: FamilyHeader, reason: Omission): false {
    this.omit(family, reason);
    return false;
  }
}
