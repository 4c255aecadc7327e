import { afterEach, expect, test } from "vitest";
import { room } from "@/testing/events";
import { setLanguage, t } from "./i18n";
import { placeName } from "./names";

afterEach(() => setLanguage("en"));

test.each([
  ["channel", "#general", "#general에서 열기", "Open in #general"],
  ["direct", "김민수", "김민수 님과의 대화방에서 열기", "Open in the conversation with 김민수"],
  ["group", "박지훈, 정유나", "박지훈, 정유나 대화방에서 열기", "Open in 박지훈, 정유나"],
] as const)("a %s is a place in either language", async (kind, name, in_korean, in_english) => {
  const open = () => t("inbox.open_in", { name: placeName(room({ kind }), name) });
  expect(open()).toBe(in_english);
  await setLanguage("ko");
  expect(open()).toBe(in_korean);
});
