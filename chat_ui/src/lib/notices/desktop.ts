/**
 * Notifications of the system: one for each room, the newest. The service worker's outlive the tab that shows them, so any tab
 * can close them, and a press opens the message in a tab that is there. Without one the tab shows its own.
 */

export interface Shown {
  /** Whose it is: another person of this browser has others. */
  me: string;
  room_id: string;
  seq: number;
  /** Where a press leads. */
  path: string;
}

interface Words {
  title: string;
  body: string;
}

// A desktop shows a few at a time; past that the oldest go.
const OWN_AT_MOST = 50;
/** Those that this tab shows without a service worker, by room, the newest last. */
const own = new Map<string, Notification>();

export async function showOnDesktop(shown: Shown, { title, body }: Words, open: (path: string) => void): Promise<void> {
  const options = {
    body,
    tag: shown.room_id,
    renotify: true,
    // The tone is the page's, where it is wanted.
    silent: true,
    icon: "/icon-192.png",
    data: shown,
  };
  const worker = await registration();
  if (worker) {
    // A push may have brought it already, or a later one.
    const before = (await worker.getNotifications({ tag: options.tag })).map(({ data }) => data as Shown | null);
    if (before.some((one) => one?.me === shown.me && one.seq >= shown.seq)) return;
    await worker.showNotification(title, options);
    return;
  }
  const notification = new Notification(title, options);
  notification.onclick = () => {
    window.focus();
    notification.close();
    open(shown.path);
  };
  const forget = () => {
    if (own.get(shown.room_id) === notification) own.delete(shown.room_id);
  };
  notification.onclose = forget;
  own.delete(shown.room_id);
  own.set(shown.room_id, notification);
  for (const [room_id, oldest] of [...own].slice(0, -OWN_AT_MOST)) {
    own.delete(room_id);
    oldest.close();
  }
}

/** Return all that is shown, by whichever tab. */
export async function listOnDesktop(): Promise<Shown[]> {
  return (await all()).map(({ data }) => data as Shown).filter((shown) => shown?.room_id !== undefined);
}

/** Close a room's, if it is about nothing later than `seq`. */
export async function closeOnDesktop(room_id: string, seq: number): Promise<void> {
  for (const notification of await all()) {
    const shown = notification.data as Shown | null;
    if (shown?.room_id !== room_id || shown.seq > seq) continue;
    notification.close();
    if (own.get(room_id) === notification) own.delete(room_id);
  }
}

/** Have a press on a notification open its message here, where the service worker chose this tab. */
export function followPresses(open: (path: string) => void): () => void {
  const workers = navigator.serviceWorker;
  const listener = ({ data }: MessageEvent<{ type?: string; path?: string } | null>) => {
    if (data?.type === "open" && data.path) open(data.path);
  };
  workers?.addEventListener("message", listener);
  return () => workers?.removeEventListener("message", listener);
}

async function all(): Promise<Notification[]> {
  const kept = (await (await registration())?.getNotifications()) ?? [];
  return [...kept, ...own.values()];
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker?.getRegistration();
  return found?.active ? found : undefined;
}
