import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ApiError } from "@/lib/api";
import { setLanguage } from "@/lib/i18n";
import { ConfirmDialog } from "./confirm-dialog";

beforeEach(() => setLanguage("en"));
afterEach(cleanup);

const FAILURE = new ApiError({ code: "conflict", message: "", retryable: false });

function show(onAct: () => Promise<void>, say?: () => string): { closed: () => number } {
  let closed = 0;
  const close = () => {
    closed += 1;
  };
  render(<ConfirmDialog title="Sure?" act="Do it" onAct={onAct} onClose={close} say={say} />);
  return { closed: () => closed };
}

test("it closes once it is done, and not before", async () => {
  let finish = () => {};
  const { closed } = show(() => new Promise((resolve) => (finish = resolve)));
  fireEvent.click(screen.getByText("Do it"));
  expect(closed()).toBe(0);
  finish();
  await waitFor(() => expect(closed()).toBe(1));
});

test("a failure stays open, in the words of its place, and can be tried again", async () => {
  let tries = 0;
  const { closed } = show(
    async () => {
      tries += 1;
      throw FAILURE;
    },
    () => "You are the last one.",
  );
  fireEvent.click(screen.getByText("Do it"));
  await screen.findByText("You are the last one.");
  fireEvent.click(screen.getByText("Do it"));
  await waitFor(() => expect(tries).toBe(2));
  expect(closed()).toBe(0);
});
