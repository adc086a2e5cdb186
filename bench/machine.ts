/** The machine, as far as it has a say in the numbers. */

import { availableParallelism, cpus, loadavg } from 'node:os';

/** Where and when a table was made. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  /** Processes that wanted to run, on average over the last minute. */
  readonly load: number;
}

/** This machine, now. */
export function describeMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    load: currentLoad(),
  };
}

/** Processes that wanted to run, on average over the last minute. */
export function currentLoad(): number {
  return Math.round(loadavg()[0]! * 100) / 100;
}

/** True when another program takes enough of the machine to be seen in the numbers. */
export function isBusy({ load, cores }: Pick<Machine, 'load' | 'cores'>): boolean {
  return load > cores / 4;
}
