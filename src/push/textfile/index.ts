/**
 * Metrics as a file, for node-exporter's textfile collector: batch jobs and cron jobs, which are gone
 * before anybody scrapes them.
 *
 * @example
 * ```ts
 * import { REGISTRY } from 'promethium';
 * import { writeTextfile } from 'promethium/push/textfile';
 *
 * await writeTextfile({ path: '/var/lib/node_exporter/textfile/backup.prom', registry: REGISTRY });
 * ```
 *
 * @module
 */

import { followEnvironment } from '../../environment.ts';

followEnvironment();

export { type TextfileOptions, writeTextfile } from './textfile.ts';
