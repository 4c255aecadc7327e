/**
 * Parts of the page that are loaded when they are first wanted. A file that does not come is asked for again; one that a newer
 * version of the server has no more is a reason to load the page anew, once, and only where nothing typed would be lost.
 */
import { type ComponentProps, type ComponentType, createElement, lazy, useState } from "react";
import { isSafeToReload } from "./worker";

const PAUSE_MILLISECONDS = 1_000;
const ANSWER_MILLISECONDS = 4_000;
// A page that was loaded anew and still lacks a file would lack it the next time too.
const RELOAD_PAUSE_MILLISECONDS = 60_000;
const RELOADED_KEY = "chatflow.reloaded_at";

/** Says that a part could not be loaded; `forget` has it asked for again where it is shown the next time. */
export class PartMissing extends Error {
  readonly forget: () => void;

  constructor(cause: unknown, forget: () => void) {
    super("A part of the page could not be loaded.", { cause });
    this.forget = forget;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: React says so of a component of any properties.
export function lazily<Part extends ComponentType<any>>(load: () => Promise<{ default: Part }>) {
  let part = begin();
  let loaded: Part | null = null;
  function begin() {
    return lazy(async () => {
      const found = await loadPart(load, () => (part = begin()));
      loaded = found.default;
      return found;
    });
  }
  function Later(props: ComponentProps<Part>) {
    // What is here needs no waiting, for which the page would show nothing for a third of a second.
    const [here] = useState(() => loaded);
    return createElement(here ?? part, props);
  }
  /** Load it before it is wanted; where that fails it is loaded when it is. */
  const prepare = async () => {
    const found = await load().catch(() => null);
    loaded ??= found?.default ?? null;
  };
  return Object.assign(Later, { prepare });
}

async function loadPart<Part>(load: () => Promise<Part>, forget: () => void): Promise<Part> {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  try {
    return await load();
  } catch (error) {
    if (isSafeToReload() && (await isReplaced()) && noteReload()) location.reload();
    throw new PartMissing(error, forget);
  }
}

/** Tell whether the server has the page of another version by now. */
async function isReplaced(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src");
  try {
    const answer = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
    return answer.ok && own !== undefined && own !== null && !(await answer.text()).includes(own);
  } catch {
    return false;
  }
}

/** Return whether the page may be loaded anew, and remember that it was. */
function noteReload(): boolean {
  try {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED_KEY)) < RELOAD_PAUSE_MILLISECONDS) return false;
    sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
    return true;
  } catch {
    // Without a memory it would go on for ever.
    return false;
  }
}
