/** What the families that this library makes of its own numbers have in common: their header. */

import type { FamilyHeader, FamilyWriter, MetricFamily, MetricType, Walk } from './family.ts';
import type { Pairs } from './labels.ts';
import type { Sample } from './sample.ts';
import { samplesOf } from './sample-writer.ts';

/** A family with the header of another one, or with one that was kept. How it is walked, who makes it says. */
export abstract class HeadedFamily implements MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
  readonly labelNames: readonly string[];
  readonly constantLabels: Pairs;

  constructor(header: FamilyHeader, labelNames: readonly string[] = header.labelNames) {
    this.name = header.name;
    this.type = header.type;
    this.help = header.help;
    this.unit = header.unit;
    this.labelNames = labelNames;
    this.constantLabels = header.constantLabels;
  }

  abstract walk(writer: FamilyWriter): Walk;

  get samples(): Sample[] {
    return samplesOf(this);
  }
}
