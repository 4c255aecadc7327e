/** A desktop and the locks of a browser, as tests see them: what is shown, and who holds what. */
import { vi } from "vitest";

export interface Note {
  title: string;
  body: string;
  tag: string;
  data: unknown;
  close: () => void;
  /** Close it as the person does. */
  dismiss: () => void;
}

export interface Desktop {
  /** What stands on the desktop. */
  notes: Note[];
  /** What the person answers when asked; asking sets it. */
  answer: NotificationPermission;
  asked: number;
}

/** Put a desktop in the place of the browser's, with the permission that was given before. */
export function openDesktop(permission: NotificationPermission): Desktop {
  const desktop: Desktop = { notes: [], answer: "granted", asked: 0 };
  class FakeNotification {
    static permission = permission;
    static async requestPermission(): Promise<NotificationPermission> {
      desktop.asked += 1;
      FakeNotification.permission = desktop.answer;
      return desktop.answer;
    }
    onclose: (() => void) | null = null;
    constructor(title: string, { body = "", tag = "", data }: NotificationOptions = {}) {
      // One of a tag takes the place of the one before.
      desktop.notes = desktop.notes.filter((note) => note.tag !== tag);
      const close = () => {
        desktop.notes = desktop.notes.filter((note) => note !== shown);
      };
      const dismiss = () => {
        close();
        this.onclose?.();
      };
      const shown: Note = { title, body, tag, data, close, dismiss };
      desktop.notes.push(shown);
      Object.assign(this, { data, close });
    }
  }
  vi.stubGlobal("Notification", FakeNotification);
  vi.spyOn(navigator, "locks", "get").mockReturnValue(new FakeLocks() as unknown as LockManager);
  return desktop;
}

type Granted = (lock: { name: string } | null) => unknown;

/** The locks of one browser; a name that another tab holds is held by `hold`. */
class FakeLocks {
  #held: string[] = [];

  hold(name: string): void {
    this.#held.push(name);
  }

  async query() {
    return { held: this.#held.map((name) => ({ name })) };
  }

  async request(name: string, ...rest: [Granted] | [LockOptions, Granted]): Promise<void> {
    const granted = rest.at(-1) as Granted;
    const is_free = !this.#held.includes(name);
    if (is_free) this.#held.push(name);
    await granted(is_free ? { name } : null);
    if (is_free) this.#held.splice(this.#held.indexOf(name), 1);
  }
}

/** Have another tab hold a lock. */
export function holdElsewhere(name: string): void {
  (navigator.locks as unknown as FakeLocks).hold(name);
}
