/** An instrument's family, as a scrape gets it. */

import type { InstrumentType, StoredFamily } from '../../model/cells.ts';
import type { FamilyWriter, MetricFamily, Walk } from '../../model/family.ts';
import type { Pairs } from '../../model/labels.ts';
import type { Sample } from '../../model/sample.ts';
import { samplesOf } from '../../model/sample-writer.ts';

/** An instrument's family at the moment of a scrape, whose metrics `begin` walks through. */
export class InstrumentFamily implements MetricFamily {
  readonly name: string;
  readonly type: InstrumentType;
  readonly help: string;
  readonly unit: string;
  readonly labelNames: readonly string[];
  readonly constantLabels: Pairs;
  readonly #begin: (writer: FamilyWriter) => Walk;

  constructor(
    family: StoredFamily,
    labelNames: readonly string[],
    begin: (writer: FamilyWriter) => Walk,
  ) {
    this.name = family.name;
    this.type = family.type;
    this.help = family.help;
    this.unit = family.unit;
    this.labelNames = labelNames;
    this.constantLabels = family.constantLabels;
    this.#begin = begin;
  }

  walk(writer: FamilyWriter): Walk {
    writer.begin(this);
    return this.#begin(writer);
  }

  get samples(): Sample[] {
    return samplesOf(this);
  }
}
