/** What is wrong with an entry of the shared cache that does not verify: it is told, and nothing of it is used. */

export class CacheDamage extends Error {}

/** @param why to follow the name of the entry: `its manifest cannot be read` */
export const damaged = (why: string): CacheDamage => new CacheDamage(why);
