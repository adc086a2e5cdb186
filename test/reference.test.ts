/**
 * The page of all options says what the types say: each option of each public type stands in it, with
 * whether it is required, and nothing stands there that no type has.
 */

import { deepEqual, ok } from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** An option and whether it has to be given. */
type Option = readonly [name: string, required: boolean];

interface OptionType {
  readonly own: readonly Option[];
  readonly bases: readonly string[];
}

const sources = globSync('src/**/*.ts', { cwd: root }).filter(
  (file) => !/\.test(-d)?\./.test(file),
);

/** Interfaces of the sources by name, as far as they look like options. */
const types = new Map<string, OptionType>(
  sources.flatMap((file) =>
    [
      ...read(file).matchAll(
        /^export interface (\w+)(?:<.*?>)?(?: extends (.+?))? \{(?:\}|\n(.*?)^\})/gms,
      ),
    ].map(([, name = '', bases = '', body = '']) => [
      name,
      {
        bases: [...bases.matchAll(/\w+/g)].map(([word]) => word),
        own: [...body.matchAll(/^ {2}readonly (\w+)(\??):/gm)].map(
          ([, option = '', optional]): Option => [option, optional === ''],
        ),
      },
    ]),
  ),
);

/** The names that the entries export, in lists as `promethium` spells them out. */
const exported = new Set(
  sources
    .filter((file) => /^src\/((\w+\/)*index|node)\.ts$/.test(file))
    .flatMap((file) => [...read(file).matchAll(/^export .*?;$/gms)])
    .flatMap(([line]) => [...line.matchAll(/\b[A-Z]\w+/g)].map(([word]) => word)),
);

/** What a page of its own has beside a type's own options: those of bases that have no name outside. */
function optionsOf(name: string): readonly Option[] {
  const { own, bases } = types.get(name)!;
  const hidden = bases.filter((base) => types.has(base) && !exported.has(base));
  return [...own, ...hidden.flatMap(optionsOf)];
}

const page = read('docs/reference.md');

/** Each table with the text between it and what is above: a heading, or another table. */
const tables = [...page.matchAll(/((?:^(?!#|\|).*\n)+)((?:^\|.*\n)+)/gm)].map(
  ([, text = '', table = '']) => ({
    names: [...text.matchAll(/`(\w+)`/g)]
      .map(([, word = '']) => word)
      .filter((word) => types.has(word)),
    rows: [...table.matchAll(/^\| `(\w+)` \| .*? \| (.*?) \| /gm)].map(
      ([, option = '', unless = '']): Option => [option, unless.startsWith('*required*')],
    ),
  }),
);

describe('docs/reference.md', () => {
  it('names every public type of options', () => {
    const wanted = [...exported].filter((name) => name.endsWith('Options'));
    ok(wanted.length >= 25, `only ${wanted.length} types of options found`);
    deepEqual(
      wanted.filter((name) => !page.includes(`\`${name}\``)),
      [],
    );
  });

  for (const { names, rows } of tables) {
    it(`has the options of ${names.join(', ')}`, () => {
      ok(names.length > 0, `a table of no type: ${rows.join()}`);
      const listed = new Map(rows);
      const all = names.flatMap(optionsOf);
      deepEqual([...listed.keys()].sort(), [...new Set(all.map(([option]) => option))].sort());
      for (const [option, required] of all) {
        // What two types of one table disagree on, the table's third column says in words.
        if (all.every(([other, also]) => other !== option || also === required)) {
          deepEqual([option, listed.get(option)], [option, required]);
        }
      }
    });
  }

  it('has a table for each of them that has options of its own', () => {
    const told = new Set(tables.flatMap(({ names }) => names));
    const wanted = [...exported].filter((name) => name.endsWith('Options') && types.has(name));
    deepEqual(
      wanted.filter((name) => optionsOf(name).length > 0 && !told.has(name)),
      [],
    );
  });
});
