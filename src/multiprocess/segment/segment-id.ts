/** What files are called: a name is never used again, so that none is taken for another. */

import { randomBytes } from 'node:crypto';

/** 32 hexadecimal digits that no other file will ever have. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}
