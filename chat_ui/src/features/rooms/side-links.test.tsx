import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { resetChat } from "@/lib/chat/store";
import { noteFollowing } from "@/lib/chat/thread-follows";
import { foldThreadNews } from "@/lib/chat/thread-news";
import { setLanguage } from "@/lib/i18n";
import { created, ME } from "@/testing/events";
import { SideLinks } from "./side-links";

beforeEach(() => {
  resetChat("");
  resetChat(ME);
});
afterEach(() => {
  cleanup();
  return setLanguage("en");
});

test.each([
  ["en", "Threads", /Threads.*1 thread with new replies/],
  ["ko", "스레드", /스레드.*새 답글이 있는 스레드 1개/],
] as const)("in %s the way to the threads says how many have news", async (language, name, told) => {
  await setLanguage(language);
  render(<SideLinks page="home" />);
  expect(screen.getByRole("link", { name })).toBeTruthy();
  noteFollowing({ "message-1": true });
  act(() => foldThreadNews(created(2, { thread: "message-1" }), ME));
  expect(screen.getByRole("link", { name: told }).textContent).toContain("1");
});
