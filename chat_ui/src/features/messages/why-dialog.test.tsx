import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setLanguage } from "@/lib/i18n";
import type { Delivery, MessageWhy } from "@/lib/protocol";
import { message } from "@/testing/events";
import WhyDialog from "./why-dialog";

const AT = "2026-11-28T10:00:00.000+00:00";

beforeEach(() => setLanguage("en"));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  return setLanguage("en");
});

/** Show the dialog where the server answers so, and return the paths that it was asked for. */
function show(answer: MessageWhy | { error: object }, status = 200): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return new Response(JSON.stringify(answer), { status });
  });
  render(<WhyDialog message={message(7)} onClose={() => {}} />);
  return asked;
}

const rules = async () => (await screen.findAllByRole("listitem")).map(({ textContent }) => textContent?.trim());

test("who was told reads why, by which rules, and where it went", async () => {
  const asked = show({
    told: true,
    reason: "keyword",
    steps: [{ rule: "author" }, { rule: "concern", detail: "keyword" }, { rule: "keyword", detail: "harbour" }],
    deliveries: [{ channel: "in_app", state: "read", at: AT }],
    decided_at: AT,
  });
  expect(await rules()).toEqual([
    "Somebody else wrote it",
    "It holds one of your keywords.",
    "Your keyword “harbour” is in it",
    "In ChatFlow: Shown and read",
  ]);
  expect(screen.getByRole("status").textContent).toContain("You were notified");
  expect(screen.getByText(/^Decided/)).toBeTruthy();
  expect(asked).toEqual(["/api/rooms/room/messages/message-7/why"]);
});

test("what became of it on each device is said in words, and once where it is the same", async () => {
  const at_devices: Pick<Delivery, "state" | "reason">[] = [
    { state: "sent" },
    { state: "sent" },
    { state: "read" },
    { state: "failed", reason: "gone" },
    { state: "failed" },
  ];
  show({
    told: true,
    reason: "mention",
    steps: [{ rule: "author" }],
    deliveries: at_devices.map((device) => ({ channel: "web_push", at: AT, ...device })),
    decided_at: AT,
  });
  expect(await rules()).toEqual([
    "On a device: Sent",
    "On a device: Not sent, you had read it already",
    "On a device: Not sent, the browser takes no notifications any more",
    "On a device: Not sent",
  ]);
});

test("what became of a mail is said in words, in Korean too", async () => {
  const mails: Pick<Delivery, "state" | "reason">[] = [
    { state: "waiting" },
    { state: "suppressed", reason: "no_address" },
    { state: "suppressed", reason: "off" },
    { state: "failed", reason: "refused" },
    { state: "read" },
  ];
  const answer: MessageWhy = {
    told: true,
    reason: "mention",
    steps: [{ rule: "author" }],
    deliveries: mails.map((mail) => ({ channel: "email", at: AT, ...mail })),
    decided_at: AT,
  };
  show(answer);
  expect(await rules()).toEqual([
    "By e-mail: Waiting",
    "By e-mail: Not sent, no address of yours is confirmed",
    "By e-mail: Not sent, you wanted no mails",
    "By e-mail: Not sent, the mail server refused it",
    "By e-mail: Not sent, you had read it already",
  ]);
  cleanup();
  await setLanguage("ko");
  show(answer);
  expect((await rules())[1]).toBe("이메일: 확인된 주소가 없어서 보내지 않음");
});

test("who was not told reads which rule kept it back, last", async () => {
  show({
    told: false,
    reason: "room_level",
    steps: [{ rule: "author" }, { rule: "level", stopped: true, detail: "none" }],
    deliveries: [{ channel: "in_app", state: "suppressed", at: AT, reason: "room_level" }],
    decided_at: AT,
  });
  expect(await rules()).toEqual([
    "Somebody else wrote it",
    "The room’s setting leaves it out.",
    "In ChatFlow: Kept from you",
  ]);
  expect(screen.getByRole("status").textContent).toContain("You were not notified");
});

test("what was not kept is said to be how things stand now, in Korean too", async () => {
  await setLanguage("ko");
  const steps: MessageWhy["steps"] = [{ rule: "author" }, { rule: "concern", stopped: true }];
  show({ told: false, reason: "not_concerned", steps, deliveries: [], decided_at: null });
  expect((await rules())[1]).toMatch(/^나를 부르지 않았습니다/);
  expect(screen.getByText(/지금 기준으로/)).toBeTruthy();
});

test("what nobody knows yet, or any more, is not called a notice that was kept back", async () => {
  show({ told: false, reason: "pending", steps: [], deliveries: [], decided_at: null });
  expect((await screen.findByRole("status")).textContent).toContain("It is not settled");
  cleanup();
  show({ told: false, reason: "forgotten", steps: [], deliveries: [], decided_at: null });
  expect((await screen.findByRole("status")).textContent).toContain("Nobody knows any more");
});

test("a question that is not answered says so", async () => {
  show({ error: { code: "unavailable", message: "", retryable: true } }, 503);
  expect(await screen.findByRole("alert")).toBeTruthy();
  expect(screen.queryByRole("status")).toBeNull();
});

test("what one wrote oneself is said in one sentence", async () => {
  show({ told: false, reason: "author", steps: [{ rule: "author", stopped: true }], deliveries: [], decided_at: null });
  expect((await screen.findByRole("status")).textContent?.trim()).toBe("You were not notifiedYou wrote it yourself.");
  expect(screen.queryByRole("listitem")).toBeNull();
});
