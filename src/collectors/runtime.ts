/**
 * Which runtime this is. Bun and Deno have the functions of Node that are asked here, but some of
 * them answer with zeros, which would be shown as if they were measured.
 */

const { versions } = process as { readonly versions: { readonly [name: string]: string } };

/** True on Bun. */
export const isBun: boolean = versions['bun'] !== undefined;

/** True on Deno. */
export const isDeno: boolean = versions['deno'] !== undefined;

/**
 * True where reading `path` would not stop to ask the person at the keys, as Deno does for what it
 * was not allowed. Elsewhere nobody is ever asked.
 */
export function mayRead(path: string): boolean {
  const { Deno: deno } = globalThis as {
    Deno?: {
      readonly permissions: {
        querySync(of: { readonly name: 'read'; readonly path: string }): { readonly state: string };
      };
    };
  };
  if (deno === undefined) return true;
  return deno.permissions.querySync({ name: 'read', path }).state === 'granted';
}
