/**
 * Looks whether this process's file is still where others find it. Somebody who empties the directory
 * of a service that runs takes away what the dead have counted, but not what the living go on counting.
 */

import type { StoredFamily } from '../../model/cells.ts';
import { MetricsError } from '../../model/error.ts';
import type { Cells, SeriesStorage } from '../../storage/storage.ts';
import { createDirectory } from '../directory/shared-directory.ts';
import { reason } from '../system/system-error.ts';
import type { Warnings } from '../system/warnings.ts';
import type { OwnFile } from './own-file.ts';

/** What to look after. */
export interface FileKeeperOptions {
  readonly file: OwnFile;
  /** Where the file belongs. */
  readonly directory: string;
  /** Where faults are said. */
  readonly warnings: Warnings;
  /** Declares a family in the file, which counts how often it was put back. */
  readonly declare: (family: StoredFamily) => SeriesStorage;
}

/** In the file itself, so that whoever is asked shows it. */
const RESTORED_FILES: StoredFamily = {
  name: 'promethium_restored_files',
  type: 'counter',
  help: 'Files of the shared directory that somebody removed while their processes ran, and that these put back.',
  unit: '',
  labelNames: [],
  constantLabels: [],
  bounds: [],
  states: [],
  mode: 'sum',
};

/** Puts a file back that was removed. */
export class FileKeeper {
  readonly #options: FileKeeperOptions;
  #isAdrift = false;
  #restored: Cells | undefined;

  /** Looks at nothing yet. */
  constructor(options: FileKeeperOptions) {
    this.#options = options;
  }

  /** How many series nobody else finds, since their file was removed and could not be put back yet. */
  get unshared(): number {
    return this.#isAdrift ? this.#options.file.writer.series : 0;
  }

  /** Looks, and puts the file back where it is missing. To be called again and again. Never throws. */
  keep(): void {
    const { file, directory, warnings, declare } = this.#options;
    if (file.isInPlace) return;
    this.#isAdrift = true;
    try {
      createDirectory(directory);
      file.restore();
    } catch (cause) {
      // What the system said to it is what the operator can do something about.
      const got = reason((cause as Error).cause ?? cause);
      const message = `file "${file.path}": was removed while its process runs, expected to put it back, got ${got}`;
      warnings.warn('removed', new MetricsError('DIRECTORY_UNUSABLE', message, { cause }));
      return;
    }
    this.#isAdrift = false;
    const message = `file "${file.path}": was removed while its process runs, expected nobody to remove it, got it put back with what this process counted`;
    warnings.warn('restored', { message, code: 'PROMETHIUM_FILE_RESTORED' });
    this.#restored ??= declare(RESTORED_FILES).allocate([]);
    this.#restored.cells[this.#restored.index]! += 1;
  }
}
