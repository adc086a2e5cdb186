/** Files as Python's client writes them, made by hand for tests. */

/** One value, under its key. */
export interface PythonValue {
  readonly family: string;
  readonly sample: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Left out of the key where it is `undefined`, as releases before 0.15 do. */
  readonly help?: string;
  readonly value: number;
  /** When it was set, Unix seconds. */
  readonly time?: number;
}

/** How the file is made. */
export interface PythonFileOptions {
  /** False for the layout of releases before 0.18. */
  readonly times?: boolean;
  /** As many zeros behind all that is in use. */
  readonly unused?: number;
}

/** The bytes of a file with these values. */
export function pythonFile(
  values: readonly PythonValue[],
  { times = true, unused = 64 }: PythonFileOptions = {},
): Uint8Array {
  const entries = values.map((value) => entry(value, times));
  const used = entries.reduce((sum, { length }) => sum + length, 8);
  const header = Buffer.from(Int32Array.of(used, 0).buffer);
  return Buffer.concat([header, ...entries, Buffer.alloc(unused)]);
}

function entry(
  { family, sample, labels = {}, help, value, time = 0 }: PythonValue,
  times: boolean,
): Buffer {
  const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  const key = Buffer.from(
    JSON.stringify([family, sample, sorted, help].filter((x) => x !== undefined)),
  );
  const padding = 8 - ((key.length + 4) % 8);
  return Buffer.concat([
    Buffer.from(Int32Array.of(key.length).buffer),
    key,
    Buffer.alloc(padding, ' '),
    Buffer.from(Float64Array.from(times ? [value, time] : [value]).buffer),
  ]);
}
