/** What outlives a reload in this browser. Where storing is forbidden or full, the page works on without it. */

export function load(key: string): string | null {
  try {
    return localStorage.getItem(prefixed(key));
  } catch (error) {
    console.warn("This browser keeps nothing for ChatFlow.", error);
    return null;
  }
}

/** Store a value, or remove it with null; returns whether it is kept. */
export function save(key: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(prefixed(key));
    else localStorage.setItem(prefixed(key), value);
    return true;
  } catch (error) {
    console.warn("This browser could not keep a value for ChatFlow.", error);
    return false;
  }
}

/** Return the stored keys that start with `start`. */
export function keys(start: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefixed(start)))
      .map((key) => key.slice(prefixed("").length));
  } catch (error) {
    console.warn("This browser keeps nothing for ChatFlow.", error);
    return [];
  }
}

/** Tell whether a value is surely not there; where nothing can be read, nobody knows. */
export function isGone(key: string): boolean {
  try {
    return localStorage.getItem(prefixed(key)) === null;
  } catch {
    return false;
  }
}

/** Hear what other tabs store, and what was there before; null is nothing. */
export function followStorage(hear: (key: string, value: string | null, before: string | null) => void): () => void {
  const listener = ({ key, newValue, oldValue }: StorageEvent) => {
    if (key?.startsWith(prefixed(""))) hear(key.slice(prefixed("").length), newValue, oldValue);
  };
  window.addEventListener("storage", listener);
  return () => window.removeEventListener("storage", listener);
}

function prefixed(key: string): string {
  return `chatflow.${key}`;
}
