import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as notify from "@/lib/chat/notify";
import { setLanguage } from "@/lib/i18n";
import { setTimeZone } from "@/lib/i18n/time-zone";
import type { Room } from "@/lib/protocol";
import { room } from "@/testing/events";
import { NotifyChoice } from "./notify-choice";

const NOW = new Date("2026-11-27T22:00:00Z");
const field = () => screen.getByRole<HTMLSelectElement>("combobox");
const shown = () => field().selectedOptions[0]?.textContent;

function show(own?: Room["notify"]): void {
  cleanup();
  render(<NotifyChoice room={room(own && { notify: own })} />);
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  setTimeZone("Asia/Seoul");
  return setLanguage("en");
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
  setTimeZone(null);
  return setLanguage("en");
});

test.each([
  ["nothing was chosen", undefined, "Every message"],
  ["only mentions call", { level: "mentions", muted_until: null }, "Mentions and replies only"],
  ["nothing calls", { level: "none", muted_until: null }, "Nothing"],
  ["it is muted today", { level: "all", muted_until: "2026-11-27T23:30:00Z" }, "Muted until 8:30"],
  ["it is muted until another day", { level: "all", muted_until: "2026-11-29T23:00:00Z" }, "Muted until Monday 8:00"],
  ["its mute is over", { level: "mentions", muted_until: "2026-11-27T21:00:00Z" }, "Mentions and replies only"],
] as const)("where %s, that is what the room's page shows", (_, own, label) => {
  show(own);
  expect(shown()).toBe(label);
});

test.each([
  ["mentions", "mentions", null],
  ["none", "none", null],
  ["hour", "all", "2026-11-27T23:00:00.000Z"],
  ["hours", "all", "2026-11-28T06:00:00.000Z"],
  ["tomorrow", "all", "2026-11-28T23:00:00.000Z"],
] as const)("choosing %s is told to the server", async (chosen, level, until) => {
  const set = vi.spyOn(notify, "setNotify").mockResolvedValue();
  show();
  await act(async () => void fireEvent.change(field(), { target: { value: chosen } }));
  expect(set).toHaveBeenCalledExactlyOnceWith("room", level, until && new Date(until));
});

test("what could not be set says so, in Korean too", async () => {
  await setLanguage("ko");
  vi.spyOn(notify, "setNotify").mockRejectedValue(new Error("no line"));
  show({ level: "all", muted_until: "2026-11-27T23:30:00Z" });
  expect(shown()).toBe("오전 8:30까지 꺼짐");
  await act(async () => void fireEvent.change(field(), { target: { value: "all" } }));
  expect(screen.getByRole("alert").textContent).not.toBe("");
});
