/** Which version of the runtime this is, as labels. */

import { Info } from '../metrics/instruments/info.ts';
import {
  type CollectorHandle,
  type CollectorOptions,
  type MetricGroup,
  startGroup,
  validateOptions,
} from './metric-group.ts';

/**
 * Collects `nodejs_version_info`, with the labels `version`, `major`, `minor`, `patch`. On Bun and
 * Deno, which call themselves the version of Node that they follow, `bun_version_info` or
 * `deno_version_info` beside it says what they are.
 *
 * @throws {AlreadyRegisteredError} When a name is taken.
 * @throws {TypeError} When an option is wrong.
 */
export function collectVersionMetrics(options: CollectorOptions = {}): CollectorHandle {
  validateOptions('collectVersionMetrics', options, []);
  return startGroup('version', options, (group) => {
    const { bun, deno } = process.versions as { readonly bun?: string; readonly deno?: string };
    addInfo(group, 'nodejs', 'Node.js', process.version);
    if (bun !== undefined) addInfo(group, 'bun', 'Bun', `v${bun}`);
    if (deno !== undefined) addInfo(group, 'deno', 'Deno', `v${deno}`);
  });
}

function addInfo(group: MetricGroup, prefix: string, runtime: string, version: string): void {
  const help = `Version of ${runtime}.`;
  const info = new Info({ name: `${prefix}_version`, help, registry: group.registry });
  const [major = '', minor = '', patch = ''] = version.slice(1).split(/[.+-]/);
  group.add(info).info({ version, major, minor, patch });
}
