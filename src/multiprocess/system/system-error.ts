/** Errors of the system as our sentences name them. */

/** The system's short name for an error, or its message. */
export function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code ?? message;
}
