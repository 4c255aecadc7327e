import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { loadEmojiBook } from "@/lib/emoji";
import { setLanguage } from "@/lib/i18n";
import { ME } from "@/testing/events";
import { EmojiPopover } from "./emoji-popover";
import { requestEmoji, useEmojiRequest } from "./emoji-request";
import { usedEmoji } from "./frequent-emoji";

const picked = vi.fn();
let button: HTMLButtonElement;

const search = () =>
  screen.findByRole<HTMLInputElement>("combobox", { name: "Search, :joy or 웃음" }, { timeout: 10_000 });
const active = (field: HTMLElement) => document.getElementById(field.getAttribute("aria-activedescendant") ?? "");
const press = (field: HTMLElement, key: string) => fireEvent.keyDown(field, { key });

// Its code comes late; here it is there before anybody waits for it.
beforeAll(async () => {
  await import("./emoji-picker");
  await loadEmojiBook();
});

beforeEach(async () => {
  localStorage.clear();
  await setLanguage("en");
  button = document.body.appendChild(document.createElement("button"));
  picked.mockReset();
  render(<EmojiPopover me={ME} />);
  act(() => requestEmoji(button, { back: button, onPick: picked }));
});

afterEach(() => {
  cleanup();
  button.remove();
});

test("what is typed in either language is found, and Enter picks it", async () => {
  const field = await search();
  fireEvent.change(field, { target: { value: "너무 웃겨서" } });
  expect(active(field)?.textContent).toBe("😂");
  press(field, "Enter");
  expect(picked.mock.calls).toEqual([["😂"]]);
  expect(usedEmoji(ME)[0]).toBe("😂");
  expect(document.activeElement).toBe(button);
});

test("arrows walk over the grid, and an input method keeps its keys", async () => {
  const field = await search();
  expect(active(field)?.textContent).toBe("✅");
  press(field, "ArrowRight");
  expect(active(field)?.textContent).toBe("👀");
  press(field, "ArrowDown");
  expect(active(field)?.getAttribute("aria-label")).toBe("grinning face with big eyes");
  fireEvent.keyDown(field, { key: "Enter", keyCode: 229 });
  expect(picked).not.toHaveBeenCalled();
});

test("only the rows in view are drawn", async () => {
  await search();
  expect(screen.getAllByRole("row").length).toBeLessThan(20);
  expect(Number(screen.getByRole("grid").getAttribute("aria-rowcount"))).toBeGreaterThan(200);
});

test("a skin tone is kept", async () => {
  const field = await search();
  fireEvent.change(screen.getByLabelText("Skin tone"), { target: { value: "3" } });
  fireEvent.change(field, { target: { value: "thumbsup" } });
  press(field, "Enter");
  expect(picked.mock.calls).toEqual([["👍🏽"]]);
  act(() => requestEmoji(button, { back: button, onPick: picked }));
  await search();
  expect(screen.getByLabelText<HTMLSelectElement>("Skin tone").value).toBe("3");
});

test("Escape and a press elsewhere close it", async () => {
  press(await search(), "Escape");
  expect(useEmojiRequest.getState().request).toBeNull();
  act(() => requestEmoji(button, { back: button, onPick: picked }));
  fireEvent.pointerDown(document.body);
  expect(useEmojiRequest.getState().request).toBeNull();
  expect(picked).not.toHaveBeenCalled();
});
