import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { resetChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { ME } from "@/testing/events";
import { Composer } from "./composer";

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox");
const type = (text: string) => fireEvent.change(field(), { target: { value: text, selectionEnd: text.length } });
const pass = (milliseconds: number) => act(() => vi.advanceTimersByTime(milliseconds));
const hint = () => document.getElementById("composer-keys")?.textContent;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 27, 14, 20) });
  localStorage.clear();
  resetChat(ME);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  return setLanguage("en");
});

async function show(language: "en" | "ko"): Promise<void> {
  await setLanguage(language);
  render(<Composer room_id="room" name="#general" me={ME} />);
}

test.each([
  ["en", "Draft kept, 14:20", /^Enter to send/],
  ["ko", "임시 저장됨, 오후 2:20", /^Enter로 보내기/],
] as const)(
  "in %s a draft is said to be kept once one pauses, and no more when it is gone",
  async (language, kept, keys) => {
    await show(language);
    type("half a th");
    pass(1_500);
    type("half a thought");
    pass(1_500);
    expect(hint()).toMatch(keys);
    pass(500);
    expect(hint()).toBe(kept);
    type("");
    pass(5_000);
    expect(hint()).toMatch(keys);
  },
);

test("a browser that keeps nothing is not said to keep a draft", async () => {
  await show("en");
  vi.spyOn(console, "warn").mockReturnValue();
  const refuse = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: refuse, removeItem: () => undefined });
  type("half a thought");
  pass(5_000);
  expect(hint()).toMatch(/^Enter to send/);
});
