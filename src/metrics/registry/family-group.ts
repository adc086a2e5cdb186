/**
 * One family of several metrics that differ in the values of their constant labels: what two copies
 * of a library count that were each given a view of their own.
 */

import type { StoredFamily } from '../../model/cells.ts';
import { composedFamily, PassingWriter } from '../../model/composed-family.ts';
import type {
  Collector,
  FamilyHeader,
  FamilyWriter,
  MetricFamily,
  Walk,
} from '../../model/family.ts';

/** What is known of a family before it is collected: of an instrument's, everything. */
export type Described = Pick<FamilyHeader, 'name' | 'type'> &
  Partial<Omit<StoredFamily, 'name' | 'type'>>;

/** True of families that can be one: alike in all but the values of their constant labels. */
export function areSiblings(one: Described, other: Described): boolean {
  const labels = new Map(one.constantLabels);
  const others = other.constantLabels ?? [];
  return (
    labels.size > 0 &&
    labels.size === others.length &&
    others.every(([name]) => labels.has(name)) &&
    others.some(([name, value]) => labels.get(name) !== value) &&
    shapeOf(one) === shapeOf(other)
  );
}

function shapeOf(family: Described): string {
  const { name, type, help, unit, labelNames, bounds, states, mode } = family;
  return JSON.stringify([name, type, help, unit, labelNames, bounds, states, mode]);
}

/** The families of all members as one, in which their constant labels are labels like others. */
export function united(families: readonly MetricFamily[]): MetricFamily {
  const { name, type, help, unit, labelNames, constantLabels } = families[0]!;
  const columns = constantLabels.map(([label]) => label);
  const header = {
    name,
    type,
    help,
    unit,
    labelNames: [...columns, ...labelNames],
    constantLabels: [],
  };
  return composedFamily(header, (writer) => {
    writer.begin(header);
    return new UnitedWalk(families, columns, writer);
  });
}

/** Collects all members, one after the other. */
export class FamilyGroup implements Collector {
  /** The family's name. */
  readonly name: string;
  readonly #members: readonly Collector[];

  constructor(name: string, members: readonly Collector[]) {
    this.name = name;
    this.#members = members;
  }

  /** One family; a promise if a member's callback gives one. */
  collect(): readonly MetricFamily[] | Promise<readonly MetricFamily[]> {
    const collected = this.#members.map((member) => member.collect());
    if (collected.every((families) => Array.isArray(families))) return [united(collected.flat())];
    return Promise.all(collected).then((all) => [united((all as MetricFamily[][]).flat())]);
  }
}

class UnitedWalk implements Walk {
  readonly #families: readonly MetricFamily[];
  readonly #columns: readonly string[];
  readonly #writer: FamilyWriter;
  #next = 0;
  #walk: Walk | undefined;

  constructor(families: readonly MetricFamily[], columns: readonly string[], writer: FamilyWriter) {
    this.#families = families;
    this.#columns = columns;
    this.#writer = writer;
  }

  advance(): boolean {
    for (;;) {
      if (this.#walk !== undefined) {
        if (!this.#walk.advance()) return false;
        this.#walk = undefined;
      }
      const family = this.#families[this.#next++];
      if (family === undefined) return true;
      const values = new Map(family.constantLabels);
      const texts = this.#columns.map((column) => values.get(column)!);
      this.#walk = family.walk(new MemberWriter(this.#writer, texts));
    }
  }

  close(): void {
    this.#walk?.close();
  }
}

/** Writes a member's metrics after the labels that are its own. */
class MemberWriter extends PassingWriter {
  readonly #texts: readonly string[];

  constructor(writer: FamilyWriter, texts: readonly string[]) {
    super(writer);
    this.#texts = texts;
  }

  override begin(_family: FamilyHeader): void {
    this.#texts.forEach((text, depth) => {
      this.writer.label(depth, text);
    });
  }

  override label(depth: number, value: string): void {
    this.writer.label(this.#texts.length + depth, value);
  }
}
