/**
 * What files are called: a name is never used again, so that none is taken for another.
 *
 * Asked of the system itself where it has a file for that: to load `node:crypto` takes 3 ms, which is
 * more than all else that a process's first metric takes (Node 24).
 */

import { closeSync, openSync, readSync } from 'node:fs';

const ID_BYTES = 16;

/** 32 hexadecimal digits that no other file will ever have. */
export function newId(): string {
  return (ofSystem() ?? process.getBuiltinModule('node:crypto').randomBytes(ID_BYTES)).toString(
    'hex',
  );
}

/** `undefined` where there is no such file, as on Windows, or none may be opened. */
function ofSystem(): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync('/dev/urandom', 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(ID_BYTES);
    return readSync(fd, bytes, 0, ID_BYTES, null) === ID_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
