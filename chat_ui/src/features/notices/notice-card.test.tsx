import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { putTimeline, resetChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { followWishes, isOn } from "@/lib/notices/wishes";
import { type Desktop, openDesktop } from "@/testing/desktop";
import { ME, room } from "@/testing/events";
import { NoticeCard } from "./notice-card";

let desktop: Desktop;
let stop = () => {};

function open(permission: NotificationPermission): void {
  desktop = openDesktop(permission);
  stop = followWishes();
  render(<NoticeCard />);
}

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
});
afterEach(() => {
  stop();
  cleanup();
  vi.unstubAllGlobals();
});

const card = () => screen.queryByRole("region", { name: "Notifications" });
const call = () => act(() => putTimeline("room", startTimeline(room({ mentions: 1 }))));
const press = (name: string) => act(async () => void fireEvent.click(screen.getByRole("button", { name })));

test("nobody is asked before somebody called, and then only at a press", async () => {
  open("default");
  expect(card()).toBeNull();
  call();
  expect(card()).toBeTruthy();
  expect(desktop.asked).toBe(0);
  await press("Turn on");
  expect(desktop.asked).toBe(1);
  expect(isOn()).toBe(true);
  expect(card()).toBeNull();
});

test("what is put off is not offered again, also after the page was loaded anew", async () => {
  open("default");
  call();
  await press("Not now");
  expect(card()).toBeNull();
  cleanup();
  stop();
  open("default");
  expect(card()).toBeNull();
  expect(desktop.asked).toBe(0);
});

test("who refuses reads how to change that", async () => {
  open("default");
  call();
  desktop.answer = "denied";
  await press("Turn on");
  expect(card()?.textContent).toContain("by the sign beside the address");
  await press("Close");
  expect(card()).toBeNull();
});
