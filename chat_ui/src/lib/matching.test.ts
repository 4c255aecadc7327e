import { describe, expect, test } from "vitest";
import { findMatch } from "./matching";

const shown = (name: string, typed: string) => {
  const match = findMatch(name, typed);
  return match && name.slice(match.start, match.end);
};

describe("findMatch", () => {
  test.each([
    ["프로젝트-한강", "ㅎㄱ", "한강"],
    ["프로젝트-한강", "한ㄱ", "한강"],
    ["한강", "하", "한"],
    ["한강", "한", "한"],
    ["하늘", "한", "하"],
    ["닭갈비", "달", "닭"],
    ["달걀", "닭", "달"],
    ["이소연", "ㅅㅇ", "소연"],
    ["Engineering", "ENG", "Eng"],
    ["support-escalations", "esc", "esc"],
    ["🌴 휴가", "ㅎ", "휴"],
  ])("%s is found by %s", (name, typed, found) => {
    expect(shown(name, typed)).toBe(found);
  });

  test.each([
    ["한강", "ㄱㅎ"],
    ["한강", "강한"],
    ["한강", "학"],
    ["design", "desk"],
    ["design", ""],
  ])("%s is not found by %s", (name, typed) => {
    expect(findMatch(name, typed)).toBeNull();
  });

  test("the beginning of the name is better than that of a word, and that better than the middle", () => {
    const ranks = ["release", "pre-release", "prerelease"].map((name) => findMatch(name, "rel")?.rank);
    expect(ranks).toEqual([0, 1, 2]);
  });

  test("the best place is taken, not the first", () => {
    expect(findMatch("unreal real", "real")).toEqual({ start: 7, end: 11, rank: 1 });
  });
});
