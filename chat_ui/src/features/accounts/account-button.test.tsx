import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { resetChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { save } from "@/lib/storage";
import { countAsUnsaved } from "@/lib/unsaved";
import { ME, user } from "@/testing/events";
import { AccountButton } from "./account-button";

// The card and the dialog are loaded when they are first wanted.
const LOADED = { timeout: 10_000 };

let unsaved = 0;
countAsUnsaved(() => unsaved);

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
});
afterEach(cleanup);

test("signing out asks before it discards drafts, and an edit that was begun is one", async () => {
  save(`draft.${ME}.room`, "{}");
  unsaved = 1;
  render(<AccountButton user={user(ME)} />);
  fireEvent.click(screen.getByRole("button"));
  fireEvent.click(await screen.findByRole("button", { name: "Sign out" }, LOADED));
  expect(await screen.findByRole("dialog", { name: "Sign out with 2 drafts?" }, LOADED)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Discard and sign out" })).toBeTruthy();
}, 30_000);
