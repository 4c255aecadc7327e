import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/lib/api";
import { setLanguage } from "@/lib/i18n";
import { toasts } from "@/lib/toasts";
import { Toasts } from "./toasts";

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  setLanguage("en");
  render(<Toasts />);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const show = (text: string, undo?: () => Promise<void>) => act(() => toasts.show({ text, ...(undo && { undo }) }));

test("it goes by itself after six seconds, and without a way back it offers none", async () => {
  show("Done");
  await pass(5_900);
  expect(screen.getByText("Done")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
  await pass(200);
  expect(screen.queryByText("Done")).toBeNull();
});

test("under the pointer or with the focus it stays", async () => {
  show("Done", async () => {});
  const undo = screen.getByRole("button", { name: "Undo" });
  act(() => undo.focus());
  await pass(20_000);
  expect(screen.getByText("Done")).toBeTruthy();
  fireEvent.pointerEnter(screen.getByText("Done"));
  act(() => undo.blur());
  await pass(20_000);
  expect(screen.getByText("Done")).toBeTruthy();
  fireEvent.pointerLeave(undo.parentElement as HTMLElement);
  await pass(6_100);
  expect(screen.queryByText("Done")).toBeNull();
});

test("undone it goes at once", async () => {
  const undo = vi.fn(async () => {});
  show("Done", undo);
  fireEvent.click(screen.getByRole("button", { name: "Undo" }));
  await pass(0);
  expect(undo).toHaveBeenCalledTimes(1);
  expect(screen.queryByText("Done")).toBeNull();
});

test("what could not be undone says so, and can be tried again", async () => {
  show("Done", () => Promise.reject(new ApiError({ code: "unreachable", message: "No.", retryable: true })));
  fireEvent.click(screen.getByRole("button", { name: "Undo" }));
  // Only what was drawn by then begins to wait.
  await pass(0);
  await pass(20_000);
  expect(screen.getByRole("alert").textContent).not.toBe("");
  expect(screen.getByRole("button", { name: "Undo" }).hasAttribute("disabled")).toBe(false);
});

test("the two last ones are shown", () => {
  show("First");
  show("Second");
  show("Third");
  expect(screen.queryByText("First")).toBeNull();
  expect(screen.getByText("Second")).toBeTruthy();
  expect(screen.getByText("Third")).toBeTruthy();
});
