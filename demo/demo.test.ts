/**
 * The demo as users run it: on the built package, on every Node, with koffi and without. It ends
 * with 0 only if the counts agree after a worker was killed.
 */

import { equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { type Packed, packed } from '../test/setup/packed.ts';
import { type RuntimeName, runtimeBinary } from '../test/setup/runtimes.ts';

const root = join(import.meta.dirname, '..');
const nodes: readonly RuntimeName[] = ['node20', 'node22', 'node24', 'node26'];

describe('demo', () => {
  let consumer: Packed;
  const folders: string[] = [];
  before(() => {
    consumer = packed();
  });
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    consumer.remove();
  });

  /** A folder with the demo as JavaScript, and the package installed, with koffi or without. */
  async function install(withKoffi: boolean): Promise<string> {
    const folder = mkdtempSync(join(consumer.folder, 'demo-'));
    folders.push(folder);
    await build({
      entryPoints: ['main', 'service', 'load'].map((name) => join(root, 'demo', `${name}.ts`)),
      outdir: folder,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      outExtension: { '.js': '.mjs' },
      // Without the paths of ours, by which the package's name leads to its source.
      tsconfigRaw: {},
    });
    if (withKoffi) linkKoffi(consumer.folder);
    return folder;
  }

  for (const withKoffi of [false, true]) {
    for (const name of nodes) {
      const node = runtimeBinary(name);
      const skip = node === undefined && `${name} is not installed`;
      it(`loses no count to SIGKILL on ${name} ${withKoffi ? 'with' : 'without'} koffi`, {
        skip,
      }, async () => {
        const folder = await install(withKoffi);
        equal(existsSync(join(consumer.folder, 'node_modules', 'koffi')), withKoffi);
        const { status, stdout, stderr } = spawnSync(
          node!,
          [join(folder, 'main.mjs'), '--seconds', '2', '--workers', '3'],
          { cwd: folder, encoding: 'utf8', timeout: 60_000, killSignal: 'SIGINT' },
        );
        match(stdout, /^answered <= counted <= sent: yes$/m, `${stdout}\n${stderr}`);
        match(stdout, /^workers, killed with SIGKILL +3, 1$/m);
        equal(status, 0);
      });
    }
  }

  it('counts what was sent and answered, no more and no less, where nothing is killed', async () => {
    const folder = await install(true);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(folder, 'main.mjs'), '--seconds', '2', '--workers', '2', '--kills', '0'],
      { cwd: folder, encoding: 'utf8', timeout: 60_000, killSignal: 'SIGINT' },
    );
    match(stdout, /^answered = counted = sent: yes$/m, `${stdout}\n${stderr}`);
    match(stdout, /^workers, killed with SIGKILL +2, 0$/m);
    match(stdout, /^requests Prometheus has stored +(\d+|no prometheus on this machine)$/m);
    equal(status, 0);
  });
});

function linkKoffi(consumer: string): void {
  for (const name of ['koffi', '@koromix']) {
    const link = join(consumer, 'node_modules', name);
    if (!existsSync(link)) symlinkSync(join(root, 'node_modules', name), link);
  }
}
