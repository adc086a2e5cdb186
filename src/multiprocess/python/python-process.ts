/** One process that uses Python's client, read again and again from all of its files. */

import type { Contribution } from '../../aggregate/contribution.ts';
import { isStamped } from '../../model/cells.ts';
import type { UnreadableError } from '../segment/unreadable.ts';
import type { Pace } from '../system/pace.ts';
import { layOutPython, type PythonKind, type PythonLayout } from './python-families.ts';
import { PythonFile } from './python-file.ts';

/** Where one of its files is, and what the name says of it. */
export interface PythonFileName extends PythonKind {
  /** The name in the directory. */
  readonly name: string;
  /** The process, as Python names it: its id, unless the program chose another name. */
  readonly process: string;
}

/** Told of a file that had to be left out, and why. */
export type Complain = (file: string, error: UnreadableError) => void;

/** How its files are read. */
export interface ReadingOptions {
  /** Its files, in the order of their names. */
  readonly files: readonly PythonFileName[];
  /** Finds a file by its name. */
  readonly pathOf: (name: string) => string;
  readonly complain: Complain;
  /** What to add to Unix seconds to get the seconds that our own processes stamp writes with. */
  readonly clockOffset: number;
  /** The same for when files were made. It never changes. */
  readonly bornOffset: number;
  /** A number that was not given before, for what must be laid out anew. */
  readonly nextRevision: () => number;
}

/** A file that could be read, and where its numbers go. */
interface ReadFile {
  readonly kind: PythonFileName;
  readonly file: PythonFile;
}

/**
 * A time of writing before all others, for what was written nobody knows when: Python keeps no time
 * of minima and maxima, nor whether they were written at all.
 */
const SOMETIME = 1e-300;

/** Reads the files of one process, and keeps where their numbers go. */
export class PythonProcess {
  readonly #process: string;
  #files = new Map<string, PythonFile>();
  #layout: PythonLayout = { families: [], cells: new Float64Array(0), places: [] };
  #values = new Float64Array(0);
  /** Which files, and which entries of each, the layout is of. */
  #shape = '';
  #revision = 0;

  /** Nothing is read yet. */
  constructor(process: string) {
    this.#process = process;
  }

  /** Reads its files as they are now; `undefined` when none is left, or none can be read. */
  async read(options: ReadingOptions, pace: Pace): Promise<Contribution | undefined> {
    const read = await this.#readFiles(options, pace);
    if (read.length === 0) return undefined;
    const shape = JSON.stringify(read.map(({ kind, file }) => [kind.name, file.revision]));
    if (shape !== this.#shape) {
      const parts = read.map(({ kind: { type, mode }, file: { entries, born } }) => ({
        type,
        mode,
        entries,
        born,
      }));
      this.#layout = await pace.run(layOutPython(parts));
      this.#values = new Float64Array(this.#layout.cells.length);
      this.#revision = options.nextRevision();
      this.#shape = shape;
    }
    this.#fill(read, options.clockOffset);
    return {
      // No id of ours begins like this. Hexadecimal, since a name may hold anything.
      id: `python${Buffer.from(this.#process).toString('hex')}`,
      process: this.#process,
      // As in Python: what belongs to the dead is what `mark_process_dead` left.
      alive: true,
      startTime: Math.min(...read.map(({ file }) => file.born)) + options.bornOffset,
      revision: this.#revision,
      families: this.#layout.families,
      values: this.#values,
    };
  }

  async #readFiles(
    { files, pathOf, complain }: ReadingOptions,
    pace: Pace,
  ): Promise<readonly ReadFile[]> {
    const kept = new Map<string, PythonFile>();
    const read: ReadFile[] = [];
    for (const kind of files) {
      const { name } = kind;
      const file = this.#files.get(name) ?? new PythonFile(pathOf(name));
      kept.set(name, file);
      try {
        if (await file.read(pace)) read.push({ kind, file });
      } catch (error) {
        complain(name, error as UnreadableError);
      }
      await pace.breathe();
    }
    this.#files = kept;
    return read;
  }

  #fill(read: readonly ReadFile[], clockOffset: number): void {
    const { cells, places } = this.#layout;
    const values = this.#values;
    values.set(cells);
    read.forEach(({ kind, file }, part) => {
      const { numbers, entries, hasTimes } = file;
      const target = places[part]!;
      const hasStamp = isStamped(kind);
      for (let i = 0; i < target.length; i++) {
        const to = target[i]!;
        if (to < 0) continue;
        const from = entries[i]!.place;
        // One declared anew with another help has several entries of a line, which add up.
        if (kind.type === 'gauge') values[to] = numbers[from]!;
        else values[to]! += numbers[from]!;
        if (!hasStamp) continue;
        const time = hasTimes ? numbers[from + 1]! : 0;
        values[to + 1] = stampOf(time, kind, clockOffset);
      }
    });
  }
}

/** The time of writing as our own processes note it; 0 for never. */
function stampOf(time: number, { mode }: PythonKind, clockOffset: number): number {
  if (mode !== 'mostrecent' && mode !== 'livemostrecent') return SOMETIME;
  if (!(time > 0)) return 0;
  const shared = time + clockOffset;
  // Before the machine started, or of a clock that was wrong then: in order, and before all others.
  return shared > 0 ? shared : time * SOMETIME;
}
