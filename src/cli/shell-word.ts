/** Words of a command line as a user would type them. */

/**
 * Quotes a word the way a POSIX shell reads it back.
 * @internal exported for its test
 */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The command line of tbuild with these words. */
export const commandOf = (argv: readonly string[]): string =>
  ["tbuild", ...argv.map(shellWord)].join(" ");
