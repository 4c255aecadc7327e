import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { putTimeline, resetChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import type { Room } from "@/lib/protocol";
import { BOB, ME, message, room, user } from "@/testing/events";
import { Composer } from "../composer";
import { FollowedRow } from "./followed-row";
import { ReplyInPlace } from "./reply-in-place";

const DIRECT = room({ kind: "direct", name: null, peers: [ME, BOB] });
const GROUP = room({ kind: "group", name: null, peers: [ME, BOB, "ann"] });

beforeEach(async () => {
  localStorage.clear();
  resetChat("");
  resetChat(ME);
  learn([user(ME), { ...user(BOB), display_name: "김민수" }, { ...user("ann"), display_name: "박지훈" }]);
  await setLanguage("ko");
});
afterEach(async () => {
  cleanup();
  await setLanguage("en");
});

const fieldIn = (shown: Room) => {
  putTimeline("room", startTimeline(shown));
  render(<ReplyInPlace room={shown} message={message(1)} me={ME} focuses={false} />);
  return screen.getByRole("textbox").getAttribute("aria-label");
};

test("a reply is written to a person, else in a place", () => {
  expect(fieldIn(DIRECT)).toBe("김민수 님에게 답글 쓰기");
  cleanup();
  expect(fieldIn(GROUP)).toBe("김민수, 박지훈 대화방에 답글 쓰기");
  cleanup();
  expect(fieldIn(room())).toBe("#general에 답글 쓰기");
});

test("so is a message", () => {
  putTimeline("room", startTimeline(GROUP));
  render(<Composer room_id="room" name="김민수, 박지훈" me={ME} />);
  expect(screen.getByRole("textbox", { name: "김민수, 박지훈 대화방에 메시지 보내기" })).toBeTruthy();
});

test("a thread of a conversation of two says that it is one's own", () => {
  putTimeline("room", startTimeline(DIRECT));
  const thread = { room_id: "room", root: message(1), last: null, replies: 0, unread: 0 };
  render(
    <FollowedRow thread={thread} me={ME} is_chosen={false} is_stop={false} onOpen={() => {}} onUnfollow={() => {}} />,
  );
  expect(screen.getByText("나에게 보낸 메시지")).toBeTruthy();
});
