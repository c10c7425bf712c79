/** Passes every text in plain data through a function that hides what is secret; knows no secret itself. */

/** Words of our own by which readers tell events apart: a secret `built` must not change them. */
const ownWords = new Set(["kind", "outcome", "state", "code", "blame"]);

/** Gives back the very same value where nothing in it is secret: ten thousand fresh targets cost no copies. */
export function hideTexts<T>(value: T, hide: (text: string) => string): T {
  return hidden(value, hide) as T;
}

function hidden(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === "string") return hide(value);
  if (Array.isArray(value)) return hiddenList(value, hide);
  if (typeof value !== "object" || value === null) return value;
  let changed: Record<string, unknown> | undefined;
  for (const [key, item] of Object.entries(value)) {
    const shown = ownWords.has(key) ? item : hidden(item, hide);
    if (shown === item) continue;
    changed ??= { ...value };
    changed[key] = shown;
  }
  return changed ?? value;
}

function hiddenList(list: readonly unknown[], hide: (text: string) => string): readonly unknown[] {
  const shown = list.map((item) => hidden(item, hide));
  return shown.some((item, index) => item !== list[index]) ? shown : list;
}
