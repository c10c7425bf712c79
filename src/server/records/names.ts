/** Which names of branches and targets are taken from outside: none that a program could take for an option. */

/** As `git check-ref-format` has it. */
export const isBranch = (name: string): boolean =>
  name !== "" &&
  name.length <= 200 &&
  !/[\x00-\x20~^:?*[\\\x7f]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[./]$|^[-./]|^@$/.test(name);

export const targetPattern = /^[A-Za-z0-9_][\w.,/[\]+@:-]{0,199}$/;
export const isTarget = (name: string): boolean => targetPattern.test(name);

/** All of its digits, of SHA-1 or SHA-256. */
export const isCommit = (text: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
