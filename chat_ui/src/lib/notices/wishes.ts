/** What this browser is allowed to do about notices, and what was chosen here; every tab of it follows. */
import { create } from "zustand";
import { followStorage, load, save } from "@/lib/storage";

export type Allowed = "unsupported" | "ask" | "granted" | "denied";

export interface Wishes {
  allowed: Allowed;
  /** Null while nobody has chosen here. */
  on: boolean | null;
  sound: boolean;
  /** Whether the text of a message is shown outside of the page. */
  text: boolean;
  /** Whether the offer was put off; it is not made again. */
  later: boolean;
}

const KEYS = ["on", "sound", "text", "later"] as const;
type Key = (typeof KEYS)[number];

export const useWishes = create<Wishes>(read);

/** Tell whether notices go to the desktop. */
export function isOn({ on, allowed }: Wishes = useWishes.getState()): boolean {
  return on === true && allowed === "granted";
}

export function wish(key: Key, value: boolean): void {
  save(keyOf(key), value ? "1" : "0");
  useWishes.setState(read());
}

/** Turn notices on, which asks the browser's person where nobody has answered yet; only at a press. */
export async function turnOn(): Promise<Allowed> {
  if (allowedNow() === "ask") await Notification.requestPermission();
  wish("on", allowedNow() === "granted");
  return allowedNow();
}

/** Follow what other tabs choose, and what is allowed in the browser's own settings. */
export function followWishes(): () => void {
  const look = () => useWishes.setState(read());
  look();
  const stop = followStorage((key) => {
    if (key.startsWith(keyOf(""))) look();
  });
  // What was changed in the browser's settings shows when one comes back from there.
  window.addEventListener("focus", look);
  return () => {
    stop();
    window.removeEventListener("focus", look);
  };
}

function read(): Wishes {
  const stored = (key: Key) => load(keyOf(key));
  const on = stored("on");
  return {
    allowed: allowedNow(),
    on: on === null ? null : on === "1",
    sound: stored("sound") !== "0",
    text: stored("text") !== "0",
    later: stored("later") === "1",
  };
}

/** Plain http has no notifications, and neither have some phones before the page is installed. */
function allowedNow(): Allowed {
  if (!("Notification" in window) || !navigator.locks) return "unsupported";
  return Notification.permission === "default" ? "ask" : Notification.permission;
}

function keyOf(key: string): string {
  return `notices.${key}`;
}
