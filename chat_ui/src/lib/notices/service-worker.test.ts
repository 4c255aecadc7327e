import { beforeEach, expect, test, vi } from "vitest";
import source from "../../../service-worker.js?raw";

interface Shown {
  title: string;
  options: { body?: string; tag?: string; data: { seq?: number; path: string }; renotify: boolean; silent: boolean };
}

const NOTE = {
  title: "Alice mentioned you",
  body: "hello",
  tag: "room",
  navigate: "https://chat.example.com/rooms/room/7",
  app_badge: "3",
  data: { me: "me", room_id: "room", seq: 7 },
};
const listeners: Record<string, (event: object) => void> = {};
let shown: Shown[] = [];
let tabs: { focused: boolean; url: string }[] = [];
const setAppBadge = vi.fn(async () => undefined);
const clearAppBadge = vi.fn(async () => undefined);

beforeEach(() => {
  shown = [];
  tabs = [];
  const scope = {
    addEventListener: (name: string, listener: (event: object) => void) => {
      listeners[name] = listener;
    },
    registration: {
      getNotifications: async ({ tag }: { tag: string }) =>
        shown.filter(({ options }) => options.tag === tag).map(({ options }) => options),
      showNotification: async (title: string, options: Shown["options"]) => {
        shown.push({ title, options });
      },
    },
    clients: { matchAll: async () => tabs },
    navigator: { setAppBadge, clearAppBadge },
  };
  new Function("self", "location", "caches", source)(scope, { origin: "https://chat.example.com" }, {});
});

async function push(notification: object): Promise<void> {
  let work: Promise<void> | undefined;
  const waitUntil = (given: Promise<void>) => {
    work = given;
  };
  listeners.push?.({ data: { json: () => ({ web_push: 8030, notification }) }, waitUntil });
  await work;
}

test("a push is shown as the page shows its own, so that the page finds and closes it", async () => {
  await push(NOTE);
  expect(shown).toEqual([
    {
      title: "Alice mentioned you",
      options: {
        body: "hello",
        lang: undefined,
        tag: "room",
        icon: "/icon-192.png",
        data: { me: "me", room_id: "room", seq: 7, path: "/rooms/room/7" },
        renotify: true,
        silent: false,
      },
    },
  ]);
  expect(setAppBadge).toHaveBeenCalledWith(3);
});

test("what a tab has shown already comes without a sound, and what is later with one", async () => {
  await push(NOTE);
  await push(NOTE);
  await push({ ...NOTE, data: { ...NOTE.data, seq: 8 } });
  expect(shown.map(({ options }) => options.silent)).toEqual([false, true, false]);
  expect(shown.map(({ options }) => options.renotify)).toEqual([true, false, true]);
});

test("nothing is shown while a tab is looked at but a test that one has asked for", async () => {
  tabs = [{ focused: true, url: "https://chat.example.com/rooms/room" }];
  await push(NOTE);
  expect(shown).toEqual([]);
  await push({ title: "It works", tag: "test", navigate: "/" });
  expect(shown.map(({ title }) => title)).toEqual(["It works"]);
});

test("neither a tab in the background nor one with something else keeps a push back", async () => {
  tabs = [
    { focused: false, url: "https://chat.example.com/" },
    { focused: true, url: "https://chat.example.com/api/docs" },
  ];
  await push(NOTE);
  expect(shown.length).toBe(1);
});

test("no calls, no number on the icon", async () => {
  await push({ ...NOTE, app_badge: "0" });
  expect(clearAppBadge).toHaveBeenCalled();
});
