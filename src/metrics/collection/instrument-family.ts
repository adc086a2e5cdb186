/** An instrument's family, as a scrape gets it. */

import type { StoredFamily } from '../../model/cells.ts';
import type { FamilyWriter, Walk } from '../../model/family.ts';
import { HeadedFamily } from '../../model/headed-family.ts';

/** An instrument's family at the moment of a scrape, whose metrics `begin` walks through. */
export class InstrumentFamily extends HeadedFamily {
  readonly #begin: (writer: FamilyWriter) => Walk;

  constructor(
    family: StoredFamily,
    labelNames: readonly string[],
    begin: (writer: FamilyWriter) => Walk,
  ) {
    super(family, labelNames);
    this.#begin = begin;
  }

  walk(writer: FamilyWriter): Walk {
    writer.begin(this);
    return this.#begin(writer);
  }
}
