/** Families of somebody else under names with a prefix, and with labels of whoever registered them. */

import { composedFamily, PassingWriter } from '../../model/composed-family.ts';
import { show } from '../../model/error.ts';
import type { FamilyHeader, FamilyWriter, MetricFamily } from '../../model/family.ts';
import type { LabelValue, Pairs } from '../../model/labels.ts';
import { refuseUnknown } from '../../model/option.ts';
import { joined, toCommonPairs } from '../labels/constant-labels.ts';

/** What a view adds to all that is declared or registered in it, and `register` to one collector. */
export interface RelabelOptions {
  /** What names begin with, such as `mylib_`; nothing unless given. */
  readonly prefix?: string;
  /** Labels that all series carry with one value; a metric's own of the same name win. */
  readonly labels?: Readonly<Record<string, LabelValue>>;
}

/** The same, checked and complete. */
export interface Relabelling {
  /** What the names begin with. */
  readonly prefix: string;
  /** Labels of every series; its own of the same name win. */
  readonly labels: Pairs;
}

/**
 * Checks and completes the options.
 *
 * @param others - Options beside these that the caller takes, for the sentence on unknown ones.
 * @throws {TypeError | RangeError} When an option is unknown, or of the wrong type or value.
 */
export function toRelabelling(
  subject: string,
  options: RelabelOptions,
  others: readonly string[] = [],
): Relabelling {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `${subject}: no options, expected { prefix, labels }, got ${show(options)}`,
    );
  }
  refuseUnknown(subject, options, ['prefix', 'labels', ...others]);
  const { prefix = '', labels = {} } = options;
  if (typeof prefix !== 'string') {
    throw new TypeError(`${subject}: prefix is no text, expected a string, got ${show(prefix)}`);
  }
  return { prefix, labels: toCommonPairs(subject, labels) };
}

/** The family with another name and more labels. */
export function relabelled(family: MetricFamily, relabelling: Relabelling): MetricFamily {
  return composedFamily(headerOf(family, relabelling), (writer) =>
    family.walk(new RelabellingWriter(writer, relabelling)),
  );
}

function headerOf(header: FamilyHeader, { prefix, labels }: Relabelling): FamilyHeader {
  const { type, help, unit, labelNames } = header;
  const name = prefix + header.name;
  // An info metric's facts come with each point: whether they have such a label shows then alone.
  const outer = type === 'info' ? [] : labels.filter(([label]) => !isOwn(header, name, label));
  return {
    name,
    type,
    help,
    unit,
    labelNames,
    constantLabels: joined(outer, header.constantLabels),
  };
}

function isOwn({ type, labelNames }: FamilyHeader, name: string, label: string): boolean {
  return labelNames.includes(label) || (type === 'stateset' && label === name);
}

/** Stands before a writer and changes what is said of each family. */
class RelabellingWriter extends PassingWriter {
  readonly #relabelling: Relabelling;
  #labels: Pairs = [];

  constructor(writer: FamilyWriter, relabelling: Relabelling) {
    super(writer);
    this.#relabelling = relabelling;
  }

  override begin(family: FamilyHeader): void {
    const own = [...family.labelNames, ...family.constantLabels.map(([label]) => label)];
    this.#labels = this.#relabelling.labels.filter(([label]) => !own.includes(label));
    this.writer.begin(headerOf(family, this.#relabelling));
  }

  override info(pairs: Pairs): void {
    this.writer.info(joined(this.#labels, pairs));
  }
}
