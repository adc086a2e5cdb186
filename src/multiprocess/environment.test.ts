import { equal } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { storageFromEnvironment } from './environment.ts';

describe('storageFromEnvironment', () => {
  it('has none to offer where no variable is set', () => {
    equal(storageFromEnvironment({}), undefined);
    equal(
      storageFromEnvironment({ PROMETHEUS_MULTIPROC_DIR: '', prometheus_multiproc_dir: '' }),
      undefined,
    );
  });

  it('takes the variable in capitals before the older one', () => {
    const older = { prometheus_multiproc_dir: 'old' };
    equal(storageFromEnvironment(older)?.directory, 'old');
    equal(storageFromEnvironment({ ...older, PROMETHEUS_MULTIPROC_DIR: 'new' })?.directory, 'new');
  });

  it('leaves the directory alone', (context) => {
    const directory = join(temporaryFolder(context), 'not-yet');
    storageFromEnvironment({ PROMETHEUS_MULTIPROC_DIR: directory });
    equal(existsSync(directory), false);
  });
});
