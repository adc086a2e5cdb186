/** Registries that nobody would write, drawn as plain data, which is what a failing run prints. */

import fc from 'fast-check';
import { AlreadyRegisteredError, CollectorRegistry } from '../../src/index.ts';
import { type FamilyPlan, familyPlan, toFamily } from './random-families.ts';
import { type InstrumentPlan, instrumentPlan, useInstrument } from './random-instruments.ts';
import type { Numbers } from './random-values.ts';

/** All that goes into a registry. */
export interface RegistryPlan {
  readonly instruments: readonly InstrumentPlan[];
  readonly families: readonly FamilyPlan[];
}

/** Draws a registry. */
export function registryPlan(numbers: Numbers): fc.Arbitrary<RegistryPlan> {
  return fc.record({
    instruments: fc.array(instrumentPlan(numbers), { maxLength: 4 }),
    families: fc.array(familyPlan(numbers), { maxLength: 4 }),
  });
}

/** Builds what was drawn, without the metrics whose names are taken. */
export function toRegistry({ instruments, families }: RegistryPlan): CollectorRegistry {
  const registry = new CollectorRegistry();
  for (const plan of instruments) unlessTaken(() => useInstrument(plan, registry));
  for (const plan of families) {
    const family = toFamily(plan);
    if (family === undefined) continue;
    unlessTaken(() => registry.register({ describe: () => [family], collect: () => [family] }));
  }
  return registry;
}

function unlessTaken(register: () => void): void {
  try {
    register();
  } catch (error) {
    if (!(error instanceof AlreadyRegisteredError)) throw error;
  }
}
