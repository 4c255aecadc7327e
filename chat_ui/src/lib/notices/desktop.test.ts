import { afterEach, beforeEach, expect, test } from "vitest";
import { type Desktop, openDesktop } from "@/testing/desktop";
import { closeOnDesktop, listOnDesktop, showOnDesktop } from "./desktop";

let desktop: Desktop;

beforeEach(() => {
  desktop = openDesktop("granted");
});

afterEach(() => void Reflect.deleteProperty(navigator, "serviceWorker"));

const show = (room_id: string, seq = 1) =>
  showOnDesktop({ me: "me", room_id, seq, path: "/" }, { title: room_id, body: "" }, () => {});
const listed = async () => (await listOnDesktop()).map(({ room_id }) => room_id);

test("a tab without a worker keeps the newest notification of each room, and fifty at most", async () => {
  for (let number = 1; number <= 60; number += 1) await show(`room-${number}`);
  await show("room-11", 2);
  expect(await listed()).toEqual([...Array.from({ length: 49 }, (_, place) => `room-${place + 12}`), "room-11"]);
  expect(desktop.notes.length).toBe(50);
  for (const room_id of await listed()) await closeOnDesktop(room_id, 1);
  expect(await listed()).toEqual(["room-11"]);
  // As the person or the system closes it.
  desktop.notes[0]?.dismiss();
  expect(await listed()).toEqual([]);
});

test("what a push has shown already, or what is older, is not shown again", async () => {
  const shown: number[] = [];
  const pushed = { data: { me: "me", room_id: "room", seq: 7, path: "/" } };
  const worker = {
    active: {},
    getNotifications: async ({ tag }: { tag: string }) => (tag === "room" ? [pushed] : []),
    showNotification: async (_: string, { data }: { data: { seq: number } }) => void shown.push(data.seq),
  };
  const value = { getRegistration: async () => worker };
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value });
  for (const seq of [6, 7, 8]) await show("room", seq);
  await show("other", 1);
  expect(shown).toEqual([8, 1]);
});
