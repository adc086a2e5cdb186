import { deepEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/processes/temporary-folder.ts';
import { koffiMapper } from '../mapping/map-koffi.ts';
import { FLOAT } from '../segment/segment.ts';
import { currentIdentity } from '../system/process-identity.ts';
import { OwnFile } from './own-file.ts';

/** When the writer of the file said for the last time that it lives. */
function heartbeat({ path }: OwnFile): number {
  return new Float64Array(new Uint8Array(readFileSync(path)).buffer)[FLOAT.heartbeat]!;
}

for (const [how, mapper] of [
  ['mapped', koffiMapper()],
  ['written behind', undefined],
] as const) {
  describe(`A process's file that is ${how}`, () => {
    it('says that its writer lives when it is made, after the first turn and at the interval', (context) => {
      context.mock.timers.enable({ apis: ['setInterval'] });
      let seconds = 100;
      const file = new OwnFile({
        directory: temporaryFolder(context),
        fileMode: 0o600,
        mapper,
        identity: currentIdentity(),
        startTime: 1000,
        clock: () => seconds,
      });
      context.after(() => file.close());
      const seen = [heartbeat(file)];
      const look = (): void => {
        file.flush();
        seen.push(heartbeat(file));
      };
      // A turn that was blocked for long.
      seconds = 128;
      file.live(() => {});
      look();
      for (seconds = 133; seconds <= 138; seconds += 5) {
        context.mock.timers.tick(5000);
        look();
      }
      deepEqual(seen, [100, 128, 133, 138]);
    });
  });
}
