/** The escapes of the text formats. They differ in what a help text has to escape. */

/** Escapes a help text of the text format: backslash and line feed, quotes stay. */
export function escapeHelp(help: string): string {
  return /[\\\n]/.test(help) ? help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : help;
}

/** Escapes a label's value in every text format, and a help text of OpenMetrics: quotes as well. */
export function escapeQuoted(value: string): string {
  return escapeHelp(value).replaceAll('"', '\\"');
}
