/**
 * Pushes to this browser while the page is closed: the browser's subscription, which the server is told of at each start, so
 * that it is bound to the session of now. Whoever signs in after somebody else is not pushed before they wish it.
 */
import { create } from "zustand";
import { call } from "@/lib/api";
import { language } from "@/lib/i18n";
import type { PushKey, SubscriptionMade } from "@/lib/protocol";
import { useSession } from "@/lib/session";
import { load, save } from "@/lib/storage";
import { deviceName } from "./device-name";
import { useWishes } from "./wishes";

export const DEVICES_PATH = "/api/notifications/push/subscriptions";
/** Whose pushes come to this browser. */
const OWNER_KEY = "push_for";

/** The id by which the server knows this browser; null while it is not pushed to. */
export const usePush = create<{ id: string | null }>(() => ({ id: null }));

/** Plain http has no push, and neither have some phones before the page is installed. */
export function canPush(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** Go on being pushed to, where this person wished it here; the answer ends it. */
export function startPush(me: string): () => void {
  if (!canPush()) return () => undefined;
  confirm(me).catch(onFailure);
  const unfollow = useWishes.subscribe(({ text }, before) => {
    if (text !== before.text && usePush.getState().id) confirm(me).catch(onFailure);
  });
  return () => {
    unfollow();
    usePush.setState({ id: null });
    // The server ends it with the session; the browser need not be bothered any more.
    if (useSession.getState().status === "signed_out") unsubscribe().catch(onFailure);
  };
}

/** Be pushed to here, which asks the browser's person where nobody has answered yet; only at a press. */
export async function turnPushOn(me: string): Promise<boolean> {
  if (Notification.permission === "default") await Notification.requestPermission();
  if (Notification.permission !== "granted") return false;
  await subscribe(await navigator.serviceWorker.ready, me);
  return true;
}

/** Be pushed to here no more. */
export async function turnPushOff(): Promise<void> {
  const { id } = usePush.getState();
  if (id) await call("DELETE", `${DEVICES_PATH}/${id}`);
  await unsubscribe();
}

/** Take one of the person's browsers off the list, this one too. */
export async function removeDevice(id: string): Promise<void> {
  if (id === usePush.getState().id) return turnPushOff();
  await call("DELETE", `${DEVICES_PATH}/${id}`);
}

async function confirm(me: string): Promise<void> {
  const worker = await navigator.serviceWorker.getRegistration();
  if (!(await worker?.pushManager.getSubscription())) return;
  if (worker && load(OWNER_KEY) === me && Notification.permission === "granted") await subscribe(worker, me);
  else await unsubscribe();
}

/** Have a subscription that is bound to the server's key, and tell the server of it. */
async function subscribe(worker: ServiceWorkerRegistration, me: string): Promise<void> {
  const { key } = await call<PushKey>("GET", "/api/notifications/push/key");
  const before = await worker.pushManager.getSubscription();
  // The server has another key than before.
  if (before && keyOf(before) !== key) await before.unsubscribe();
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  const { text } = useWishes.getState();
  const told = { endpoint, keys, device: deviceName(navigator.userAgent), language: language(), text };
  const { id } = await call<SubscriptionMade>("POST", DEVICES_PATH, told);
  save(OWNER_KEY, me);
  usePush.setState({ id });
}

async function unsubscribe(): Promise<void> {
  save(OWNER_KEY, null);
  usePush.setState({ id: null });
  const worker = await navigator.serviceWorker.getRegistration();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function onFailure(error: unknown): void {
  console.warn("This browser may not be pushed to.", error);
}
