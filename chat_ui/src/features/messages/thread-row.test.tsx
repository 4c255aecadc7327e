import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { resetChat } from "@/lib/chat/store";
import { noteFollowing } from "@/lib/chat/thread-follows";
import { foldThreadNews } from "@/lib/chat/thread-news";
import { noteThreadsRead } from "@/lib/chat/thread-reads";
import { setLanguage } from "@/lib/i18n";
import { created, ME, message } from "@/testing/events";
import { ThreadRow } from "./thread-row";

beforeEach(() => {
  resetChat("");
  resetChat(ME);
  return setLanguage("en");
});
afterEach(cleanup);

test("a thread's row has a dot while there are replies that one has not read", () => {
  render(<ThreadRow message={message(3, { replies: 1 })} room_id="room" />);
  const name = () => screen.getByRole("link").textContent;
  expect(name()).toBe("1 reply");
  noteFollowing({ "message-3": true });
  act(() => foldThreadNews(created(4, { thread: "message-3" }), ME));
  expect(name()).toBe("1 reply1 new reply");
  act(() => noteThreadsRead({ "message-3": 4 }));
  expect(name()).toBe("1 reply");
});
