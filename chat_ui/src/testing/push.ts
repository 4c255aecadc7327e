/** A browser's push as tests see it: the subscription that it has, and what the server is asked. */
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  body: Record<string, unknown> | null;
}

export interface FakePush {
  /** The key that the subscription is bound to; null while there is none. */
  bound_to: string | null;
  asked: Asked[];
  /** What the server answers to a call, by method and path; null is a failure of the network. */
  answers: Record<string, object | null>;
}

const bytesOf = (key: string) =>
  Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0)).buffer;

/** Put a push in the place of the browser's, with a subscription that is bound to `bound_to`. */
export function openPush(bound_to: string | null = null): FakePush {
  const push: FakePush = { bound_to, asked: [], answers: {} };
  const subscription = () =>
    push.bound_to === null
      ? null
      : {
          options: { applicationServerKey: bytesOf(push.bound_to) },
          toJSON: () => ({ endpoint: "https://push.example.com/secret", keys: { p256dh: "p", auth: "a" } }),
          unsubscribe: async () => {
            push.bound_to = null;
            return true;
          },
        };
  const pushManager = {
    getSubscription: async () => subscription(),
    subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => {
      if (push.bound_to !== null && push.bound_to !== applicationServerKey) throw new Error("It has another key.");
      push.bound_to = applicationServerKey;
      return subscription();
    },
  };
  const worker = { active: {}, pushManager };
  vi.stubGlobal("PushManager", class {});
  Object.defineProperty(navigator, "serviceWorker", {
    configurable: true,
    value: { ready: Promise.resolve(worker), getRegistration: async () => worker },
  });
  vi.stubGlobal("fetch", async (path: string, { method, body }: { method: string; body?: string }) => {
    push.asked.push({ method, path, body: body ? JSON.parse(body) : null });
    const answer = push.answers[`${method} ${path}`];
    if (answer === null) throw new Error("no network");
    const error = (answer as { error?: object } | undefined)?.error;
    return { ok: !error, status: error ? 429 : 200, text: async () => JSON.stringify(answer ?? {}) };
  });
  return push;
}

export function closePush(): void {
  Reflect.deleteProperty(navigator, "serviceWorker");
  vi.unstubAllGlobals();
}
