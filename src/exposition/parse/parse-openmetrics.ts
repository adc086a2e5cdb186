/** Reads OpenMetrics 1.0, and refuses whatever it forbids. */

import { show } from '../../model/error.ts';
import type { MetricFamily, MetricType } from '../../model/family.ts';
import { claimedNames, isMetricType } from '../../model/name.ts';
import { FamilyBuilder, type Shape } from './parse-builder.ts';
import { LineCursor, unescapeQuoted } from './parse-cursor.ts';
import type { Place } from './parse-error.ts';
import type { LineParser } from './parse-lines.ts';
import { OpenMetricsGroups } from './parse-openmetrics-groups.ts';
import { refuseSample } from './parse-openmetrics-rules.ts';
import { refuseTwice } from './parse-places.ts';
import { LineSample } from './parse-sample.ts';

const HASH = 35;
const TYPES = 'counter, gauge, histogram, gaugehistogram, summary, info, stateset or unknown';

/** What stands behind the family's name on the lines of a type. */
const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  summary: ['', '_count', '_sum', '_created'],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  info: ['_info'],
  stateset: [''],
  unknown: [''],
};

/** The family at hand. */
class Current {
  readonly builder: FamilyBuilder;
  readonly groups: OpenMetricsGroups;
  /** What the document said of it: each only once, even where it is empty. */
  readonly said = new Set<string>();
  /** How labels lay on the last line with each suffix. */
  readonly shapes = new Map<string, Shape>();
  /** How labels lay on the last line, and what stood behind the name; none before the first. */
  lastShape: Shape | undefined;
  lastSuffix = '';
  /** Where its name first stands. */
  readonly place: Place;

  /** Begins a family whose name stands at `at` of the line at hand. */
  constructor(name: string, cursor: LineCursor, at: number) {
    this.builder = new FamilyBuilder(name);
    this.groups = new OpenMetricsGroups(this.builder, cursor);
    this.place = { line: cursor.line, column: at - cursor.start + 1 };
  }
}

/**
 * Reads OpenMetrics 1.0, line by line. Names in quotes, which the format has from 2.0 on and servers
 * agree on in 1.0 as well, are read too.
 */
export class OpenMetricsParser implements LineParser {
  readonly cursor: LineCursor = new LineCursor('openmetrics');
  readonly sample: LineSample = new LineSample();
  /** The names of all families, with all that their lines may bear. */
  readonly #claimed = new Set<string>();
  #current: Current | undefined;
  #families: MetricFamily[] = [];
  #ended = false;

  readLine(): void {
    const cursor: LineCursor = this.cursor;
    this.#refuseBehindEnd();
    if (cursor.code === HASH) {
      this.#readMetadata();
      return;
    }
    if (cursor.at === cursor.end) cursor.refuse('a blank line', 'a sample, metadata or "# EOF"');
    this.sample.read(cursor);
    this.#accept();
  }

  end(): void {
    const cursor: LineCursor = this.cursor;
    if (this.#ended) return;
    cursor.open('', 0, 0);
    cursor.refuse('no end', '"# EOF"');
  }

  take(): MetricFamily[] {
    const families = this.#families;
    this.#families = [];
    return families;
  }

  acceptAgain(): void {
    const current = this.#current;
    if (current?.lastShape !== undefined) {
      this.#add(current, current.lastShape, current.lastSuffix);
      return;
    }
    this.#refuseBehindEnd();
    this.#accept();
  }

  #refuseBehindEnd(): void {
    const cursor: LineCursor = this.cursor;
    if (!this.#ended) return;
    cursor.refuse('text behind the end', 'nothing behind "# EOF"', cursor.start);
  }

  #accept(): void {
    const cursor: LineCursor = this.cursor;
    const { sample } = this;
    let current = this.#current;
    let suffix = current && suffixOf(current, sample.name);
    if (current === undefined || suffix === undefined) {
      if (current?.builder.name === sample.name)
        refuseSuffix(cursor, current, sample.nameAt(cursor));
      current = this.#begin(sample.name, sample.nameAt(cursor));
      suffix = '';
    }
    const shape = current.builder.shape(sample.labels, current.shapes.get(suffix));
    if (shape === undefined) refuseTwice(cursor, sample.labels);
    current.shapes.set(suffix, shape);
    current.lastShape = shape;
    current.lastSuffix = suffix;
    this.#add(current, shape, suffix);
  }

  #add({ builder, groups }: Current, shape: Shape, suffix: string): void {
    refuseSample(this.cursor, builder.type, suffix, shape, this.sample);
    groups.add(shape, this.sample, suffix);
  }

  #readMetadata(): void {
    const cursor: LineCursor = this.cursor;
    if (cursor.text.startsWith('# EOF', cursor.at) && cursor.end === cursor.at + 5) {
      this.#finish();
      this.#ended = true;
      return;
    }
    const { text } = cursor;
    const word = text.slice(cursor.at, cursor.at + 7);
    if (word !== '# HELP ' && word !== '# TYPE ' && word !== '# UNIT ') {
      cursor.refuse('no metadata', '"# TYPE ", "# UNIT ", "# HELP " or "# EOF"');
    }
    cursor.at += 7;
    const { at } = cursor;
    const name = this.#readFamilyName();
    cursor.gap('a space');
    this.#say(word.slice(2, 6), name, at);
  }

  #readFamilyName(): string {
    const cursor: LineCursor = this.cursor;
    if (cursor.quoted) return cursor.quotedName();
    const { at } = cursor;
    const end = cursor.nameEnd(true);
    if (end === at) cursor.refuse('no metric name', 'a metric name');
    cursor.at = end;
    return cursor.text.slice(at, end);
  }

  #say(word: string, name: string, at: number): void {
    const cursor: LineCursor = this.cursor;
    const known = this.#current;
    const current = known?.builder.name === name ? known : this.#begin(name, at);
    if (current.lastShape !== undefined) {
      cursor.refuse('metadata behind samples', `# ${word} before them`, cursor.start);
    }
    if (current.said.has(word)) cursor.refuse('metadata twice', `one # ${word}`, cursor.start);
    current.said.add(word);
    const { builder } = current;
    const rest = cursor.text.slice(cursor.at, cursor.end);
    if (word === 'HELP') {
      builder.help = unescapeQuoted(rest);
    } else if (word === 'UNIT') {
      if (rest !== '' && !name.endsWith(`_${rest}`)) {
        cursor.refuse("a unit that is not the name's last word", 'a unit that is');
      }
      builder.unit = rest;
    } else {
      if (!isMetricType(rest)) cursor.refuse('no type', TYPES);
      builder.type = rest;
    }
    if (builder.unit !== '' && (builder.type === 'info' || builder.type === 'stateset')) {
      cursor.refuse(`a unit of type ${builder.type}`, 'none');
    }
  }

  #begin(name: string, at: number): Current {
    this.#finish();
    if (this.#claimed.has(name)) {
      this.cursor.refuse('a name that another family has', 'all lines of a family together', at);
    }
    const current = new Current(name, this.cursor, at);
    this.#current = current;
    return current;
  }

  #finish(): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    const { builder, groups, place } = current;
    groups.close();
    const names = claimedNames(builder);
    const taken = names.find((name) => this.#claimed.has(name));
    if (taken !== undefined) {
      const expected = 'names that differ with their suffixes too';
      this.cursor.refuseEarlier(place, { problem: 'a name twice', expected, got: show(taken) });
    }
    for (const name of names) this.#claimed.add(name);
    this.#families.push(builder.build());
  }
}

/** Refuses a sample that bears the name of its family alone, which its type does not allow. */
function refuseSuffix(cursor: LineCursor, { builder: { name, type } }: Current, at: number): never {
  const [main = ''] = SUFFIXES[type];
  // As text has it, where a counter's family bears the suffix, and OpenMetrics 2.0, where info's does.
  const expected =
    name.endsWith(main) && name !== main
      ? `"# TYPE ${name.slice(0, -main.length)} ${type}" above it, without the suffix that it has in text and OpenMetrics 2.0`
      : SUFFIXES[type].map((suffix) => name + suffix).join(', ');
  cursor.refuse(`a sample of type ${type} without a suffix`, expected, at);
}

/** What stands behind the name of the family at hand; `undefined` where it is another family's line. */
function suffixOf({ builder: { name, type } }: Current, sample: string): string | undefined {
  if (!sample.startsWith(name)) return undefined;
  for (const suffix of SUFFIXES[type]) {
    if (sample.length === name.length + suffix.length && sample.endsWith(suffix)) return suffix;
  }
  return undefined;
}
