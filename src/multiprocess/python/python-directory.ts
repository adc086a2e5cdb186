/**
 * Finds the files of Python's client, `counter_4711.db` and the like, in the directory that our own
 * processes share, so that a service in both languages is shown as one.
 *
 * With 4 processes of 10,000 counters each a reading takes 2.7 ms, and the first 155 ms, in steps
 * (Node 24). Python's own collector takes 270 ms for each.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Contribution } from '../../aggregate/contribution.ts';
import { MULTIPROCESS_MODES, type MultiprocessMode } from '../../model/cells.ts';
import type { DirectoryReading, ReadingFailure } from '../reading/directory-reading.ts';
import type { UnreadableError } from '../segment/unreadable.ts';
import type { Pace } from '../system/pace.ts';
import { type PythonFileName, PythonProcess } from './python-process.ts';

/** Where the files are. */
export interface PythonDirectoryOptions {
  /** The directory that the processes share. */
  readonly directory: string;
  /** The clock that our own processes stamp writes with, in seconds. */
  readonly clock: () => number;
}

/** What Python's processes have counted, and which of their files were left out. */
export type PythonReading = Pick<DirectoryReading, 'contributions' | 'failures'>;

const NAME = /^(?:(counter|summary|histogram)|gauge_([a-z]+))_(.+)\.db$/s;

/** Reads the files of Python's client again and again. One reading at a time. */
export class PythonDirectory {
  readonly #options: PythonDirectoryOptions;
  /** Fixed: a process that began at another time each time would be another one. */
  readonly #bornOffset: number;
  #processes = new Map<string, PythonProcess>();
  #revision = 0;

  /** Nothing is read yet. */
  constructor(options: PythonDirectoryOptions) {
    this.#options = options;
    this.#bornOffset = options.clock() - Date.now() / 1000;
  }

  /**
   * Reads what there is, and changes none of it. Never rejects. A directory that cannot be read is
   * empty: whoever reads our own files in it says so.
   */
  async read(pace: Pace): Promise<PythonReading> {
    const { directory, clock } = this.#options;
    const contributions: Contribution[] = [];
    const failures: ReadingFailure[] = [];
    const kept = new Map<string, PythonProcess>();
    const clockOffset = clock() - Date.now() / 1000;
    for (const [name, files] of this.#list()) {
      const process = this.#processes.get(name) ?? new PythonProcess(name);
      kept.set(name, process);
      const options = {
        files,
        pathOf: (file: string): string => join(directory, file),
        complain: (file: string, error: UnreadableError): void => {
          failures.push({ reason: error.reason, file, error });
        },
        clockOffset,
        bornOffset: this.#bornOffset,
        nextRevision: (): number => ++this.#revision,
      };
      const contribution = await process.read(options, pace);
      if (contribution !== undefined) contributions.push(contribution);
    }
    this.#processes = kept;
    return { contributions, failures };
  }

  /** The files by their processes, in an order that does not depend on how directories list them. */
  #list(): ReadonlyMap<string, readonly PythonFileName[]> {
    const byProcess = new Map<string, PythonFileName[]>();
    for (const name of this.#names().sort()) {
      const file = parsePythonName(name);
      if (file === undefined) continue;
      const others = byProcess.get(file.process);
      if (others === undefined) byProcess.set(file.process, [file]);
      else others.push(file);
    }
    return byProcess;
  }

  #names(): string[] {
    try {
      return readdirSync(this.#options.directory).filter((name) => name.endsWith('.db'));
    } catch {
      return [];
    }
  }
}

/** What a name says, or `undefined` where it is none that Python's client gives. */
export function parsePythonName(name: string): PythonFileName | undefined {
  const [, type = 'gauge', mode = 'sum', process] = NAME.exec(name) ?? [];
  if (process === undefined || !MULTIPROCESS_MODES.includes(mode as MultiprocessMode)) {
    return undefined;
  }
  return {
    name,
    process,
    type: type as PythonFileName['type'],
    mode: mode as MultiprocessMode,
  };
}
