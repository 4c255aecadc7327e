import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { putTimeline, resetChat, useChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import type { Noticed } from "@/lib/protocol";
import { BOB, ME, room, user } from "@/testing/events";
import { Notices } from "./notices";

beforeEach(() => {
  setLanguage("en");
  resetChat(ME);
  learn([user(ME), user(BOB)]);
  putTimeline("room", startTimeline(room({ name: "harbour" })));
});
afterEach(cleanup);

let key = 0;
function come(seq: number, burst: string, kind: Noticed["kind"] = "mention"): void {
  key += 1;
  const notice = { kind, id: `notice-${seq}`, room_id: "room", seq, at: "", actor: BOB, burst, key };
  act(() => useChat.setState(({ notices }) => ({ notices: [...notices, notice] })));
}
const notes = () => screen.getAllByRole("link").map((link) => [link.textContent, link.getAttribute("href")]);

test("many notices of a burst are one note, which leads to the newest and goes as one", () => {
  render(<Notices room_id={null} />);
  come(1, "a");
  expect(notes()).toEqual([["bob mentioned you in #harbour", "/rooms/room/1"]]);
  for (const seq of [2, 3, 4]) come(seq, "a");
  come(9, "b", "keyword");
  expect(notes()).toEqual([
    ["4 notifications in #harbour", "/rooms/room/4"],
    ["bob wrote one of your keywords in #harbour", "/rooms/room/9"],
  ]);
});
