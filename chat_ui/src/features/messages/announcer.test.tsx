import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { resetChat } from "@/lib/chat/store";
import { receive, startTimeline, type Timeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import { BOB, created, ME, room, user } from "@/testing/events";
import { Announcer } from "./announcer";

let timeline: Timeline;
let shown: ReturnType<typeof render>;

function come(...events: ReturnType<typeof created>[]): void {
  for (const event of events) timeline = receive(timeline, event, ME);
  shown.rerender(<Announcer timeline={timeline} me={ME} />);
}

function spoken(): string {
  return shown.container.querySelector("[aria-live=polite]")?.textContent ?? "";
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
  learn([user(ME), user(BOB)]);
  timeline = startTimeline(room({ head: 7 }));
  shown = render(<Announcer timeline={timeline} me={ME} />);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("what others write is read out together, once a second", () => {
  come(created(8, { text: "hello" }));
  come(created(9, { text: "`and`\nmore" }));
  expect(spoken()).toBe("");
  act(() => void vi.advanceTimersByTime(1_000));
  expect(spoken()).toBe("bob: hello\nbob: and more");
  come(created(10, { text: "later" }));
  act(() => void vi.advanceTimersByTime(1_000));
  expect(spoken()).toBe("bob: later");
});

test("many are counted, and one's own is only said to be on disk", () => {
  come(...[8, 9, 10, 11].map((seq) => created(seq)), created(12, { sender: ME }));
  act(() => void vi.advanceTimersByTime(1_000));
  expect(spoken()).toBe("On disk\n4 new messages");
});
