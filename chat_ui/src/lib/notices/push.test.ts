import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setLanguage } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { openDesktop } from "@/testing/desktop";
import { closePush, type FakePush, openPush } from "@/testing/push";
import { DEVICES_PATH, startPush, turnPushOff, turnPushOn, usePush } from "./push";
import { wish } from "./wishes";

const KEY = "AAAA";
let push: FakePush;
let stop = () => {};

function open(permission: NotificationPermission, bound_to: string | null = null): void {
  openDesktop(permission);
  push = openPush(bound_to);
  push.answers["GET /api/notifications/push/key"] = { key: KEY };
  push.answers[`POST ${DEVICES_PATH}`] = { id: "here" };
}

const told = () => push.asked.filter(({ method }) => method === "POST").map(({ body }) => body);

beforeEach(() => {
  localStorage.clear();
  setLanguage("ko");
  usePush.setState({ id: null });
  open("granted");
  wish("text", true);
});
afterEach(() => {
  stop();
  stop = () => {};
  closePush();
});

test("turned on at a press, the server is told where, and how pushes are to be written", async () => {
  wish("text", false);
  expect(await turnPushOn("me")).toBe(true);
  expect(push.bound_to).toBe(KEY);
  expect(usePush.getState().id).toBe("here");
  expect(told()).toEqual([
    {
      endpoint: "https://push.example.com/secret",
      keys: { p256dh: "p", auth: "a" },
      device: expect.any(String),
      language: "ko",
      text: false,
    },
  ]);
});

test("whoever refuses is not subscribed, and the server is not asked", async () => {
  open("denied");
  expect(await turnPushOn("me")).toBe(false);
  expect(push.bound_to).toBeNull();
  expect(push.asked).toEqual([]);
});

test("at each start the server is told again, and when the text is wished otherwise", async () => {
  await turnPushOn("me");
  stop = startPush("me");
  await vi.waitFor(() => expect(told().length).toBe(2));
  wish("text", false);
  await vi.waitFor(() => expect(told().length).toBe(3));
  expect(told().at(-1)).toMatchObject({ text: false });
});

test("who has not wished it here is not subscribed by a start", async () => {
  stop = startPush("me");
  await Promise.resolve();
  expect(push.asked).toEqual([]);
  expect(push.bound_to).toBeNull();
});

test("what somebody else wished in this browser ends when another signs in", async () => {
  await turnPushOn("somebody else");
  stop = startPush("me");
  await vi.waitFor(() => expect(push.bound_to).toBeNull());
  expect(told().length).toBe(1);
});

test("a server with another key is subscribed to anew", async () => {
  await turnPushOn("me");
  push.answers["GET /api/notifications/push/key"] = { key: "BBBB" };
  stop = startPush("me");
  await vi.waitFor(() => expect(push.bound_to).toBe("BBBB"));
});

test("turned off, neither the server nor the browser has it any more", async () => {
  await turnPushOn("me");
  await turnPushOff();
  expect(push.asked.at(-1)).toMatchObject({ method: "DELETE", path: `${DEVICES_PATH}/here` });
  expect(push.bound_to).toBeNull();
  expect(usePush.getState().id).toBeNull();
});

test("signing out ends it in the browser, and closing the page does not", async () => {
  await turnPushOn("me");
  startPush("me")();
  expect(push.bound_to).toBe(KEY);
  stop = startPush("me");
  useSession.setState({ status: "signed_out", user: null }, true);
  stop();
  await vi.waitFor(() => expect(push.bound_to).toBeNull());
});
