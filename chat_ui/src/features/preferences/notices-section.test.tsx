import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setLanguage } from "@/lib/i18n";
import { followWishes, isOn } from "@/lib/notices/wishes";
import { openDesktop } from "@/testing/desktop";
import { NoticesSection } from "./notices-section";

let stop = () => {};

function open(permission: NotificationPermission): void {
  openDesktop(permission);
  stop = followWishes();
  render(<NoticesSection />);
}

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
});
afterEach(() => {
  stop();
  cleanup();
  vi.unstubAllGlobals();
});

test("who has refused reads how to change that, and has no switch that does nothing", () => {
  open("denied");
  expect(screen.getByText(/by the sign beside the address/)).toBeTruthy();
  expect(screen.queryByRole("switch")).toBeNull();
});

test("the settings turn it on and off, and what belongs to it only shows while it is on", async () => {
  open("granted");
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
