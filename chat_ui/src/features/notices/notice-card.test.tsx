import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { putTimeline, resetChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { followWishes, isOn } from "@/lib/notices/wishes";
import { type Desktop, openDesktop } from "@/testing/desktop";
import { ME, room } from "@/testing/events";
import { NoticeCard } from "./notice-card";
import { NoticeSettings } from "./notice-settings";

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

test("who refuses reads how to change that, and has no switch that does nothing", async () => {
  open("default");
  call();
  desktop.answer = "denied";
  await press("Turn on");
  expect(card()?.textContent).toContain("by the sign beside the address");
  await press("Close");
  expect(card()).toBeNull();
  render(<NoticeSettings />);
  expect(screen.getByText(/by the sign beside the address/)).toBeTruthy();
  expect(screen.queryByRole("switch")).toBeNull();
});

test("the settings turn it on and off, and what belongs to it only shows while it is on", async () => {
  open("granted");
  render(<NoticeSettings />);
  const turn = () => act(async () => void fireEvent.click(screen.getByRole("switch", { name: "On this device" })));
  expect(screen.getAllByRole("switch")).toHaveLength(1);
  await turn();
  expect(isOn()).toBe(true);
  fireEvent.click(screen.getByRole("switch", { name: "Play a soft tone" }));
  expect((screen.getByRole("switch", { name: "Play a soft tone" }) as HTMLInputElement).checked).toBe(false);
  await turn();
  expect(isOn()).toBe(false);
  expect(screen.getAllByRole("switch")).toHaveLength(1);
});
