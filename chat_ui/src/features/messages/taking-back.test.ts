import { beforeEach, expect, test } from "vitest";
import { resetChat } from "@/lib/chat/store";
import { ME } from "@/testing/events";
import { asidePlace, loadDraft, saveDraft } from "./drafts";
import { moveDraft } from "./taking-back";

beforeEach(() => {
  localStorage.clear();
  resetChat(ME);
});

test("a draft that is moved takes along what another tab wrote in its field, and leaves nothing behind", () => {
  saveDraft(ME, "root", { text: "mine @bob", picked: { bob: "B" } });
  saveDraft(ME, asidePlace("root"), { text: "theirs", picked: { ann: "A" } });
  saveDraft(ME, "room", { text: "what was there", picked: { bob: "other" } });
  moveDraft(ME, { from: "root", to: "room" });
  expect(loadDraft(ME, "room")).toEqual({
    text: "mine @bob\n\ntheirs\n\nwhat was there",
    picked: { bob: "B", ann: "A" },
  });
  expect(Object.keys(localStorage).filter((key) => key.includes("draft"))).toEqual([`chatflow.draft.${ME}.room`]);
});
