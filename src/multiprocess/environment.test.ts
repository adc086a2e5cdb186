import { deepEqual, equal } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { REQUESTS } from '../../test/processes/counting-process.ts';
import { temporaryFolder } from '../../test/processes/temporary-folder.ts';
import { warnings } from '../../test/processes/warnings.ts';
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
    const older = { prometheus_multiproc_dir: '/old' };
    equal(storageFromEnvironment(older)?.directory, '/old');
    const both = { ...older, PROMETHEUS_MULTIPROC_DIR: '/new' };
    equal(storageFromEnvironment(both)?.directory, '/new');
  });

  it('warns of a relative path, and keeps to what it meant at first', async (context) => {
    const said = warnings(context);
    const before = process.cwd();
    context.after(() => process.chdir(before));
    process.chdir(temporaryFolder(context));
    const taken = join(process.cwd(), 'metrics');
    const storage = storageFromEnvironment({ PROMETHEUS_MULTIPROC_DIR: './metrics' })!;
    context.after(() => storage.close());
    process.chdir('/');
    equal(storage.directory, taken);
    storage.declare(REQUESTS).allocate(['/']);
    equal(existsSync(taken), true);
    await setImmediate();
    deepEqual(
      said.filter((sentence) => sentence.includes('RELATIVE')),
      [
        `PROMETHIUM_RELATIVE_DIRECTORY: environment "PROMETHEUS_MULTIPROC_DIR": a relative path, which processes of another working directory take for another directory, expected an absolute one, got "./metrics"; this process shares ${JSON.stringify(taken)}`,
      ],
    );
  });

  it('leaves the directory alone', (context) => {
    const directory = join(temporaryFolder(context), 'not-yet');
    storageFromEnvironment({ PROMETHEUS_MULTIPROC_DIR: directory });
    equal(existsSync(directory), false);
  });
});
