import { describe, expect, test } from "vitest";
import { BOB, user } from "@/testing/events";
import { decodeMentions, encodeMentions, typedMention } from "./mentions";

const NOBODY = { picked: {}, known: {} };

describe("names become ids", () => {
  test.each([
    ["hello @bob", "hello <@B>"],
    ["@Bob, look", "<@B>, look"],
    ["(@bob)", "(<@B>)"],
    ["@bob님 안녕하세요", "<@B>님 안녕하세요"],
    ["@bobby is another", "<@BY> is another"],
    ["@bob.", "<@B>."],
    ["@all and @here", "<@all> and <@here>"],
    ["@민지님", "<@M>님"],
  ])("%s", (typed, sent) => {
    expect(encodeMentions(typed, { picked: { 민지: "M" }, known: { bob: "B", bobby: "BY" } })).toBe(sent);
  });

  test.each([
    ["bob@bob.example"],
    ["@bobs"],
    ["`@bob`"],
    ["```\n@bob\n```"],
    ["``a\n@bob` b``"],
    ["~~~\n@bob"],
    ["<@bob>"],
    ["@allow"],
  ])("%s stays as it is", (text) => {
    expect(encodeMentions(text, { picked: {}, known: { bob: "B" } })).toBe(text);
  });

  test("a known Hangul name is not cut out of a longer one, unless it was picked", () => {
    expect(encodeMentions("@민지수", { picked: {}, known: { 민지: "M" } })).toBe("@민지수");
    expect(encodeMentions("@민지 @nobody", { picked: {}, known: { 민지: "M" } })).toBe("<@M> @nobody");
    expect(encodeMentions("@nobody", NOBODY)).toBe("@nobody");
  });

  test("a name that was picked goes before one that is merely known", () => {
    expect(encodeMentions("@bob", { picked: { bob: "picked" }, known: { bob: "known" } })).toBe("<@picked>");
  });
});

test("the name being typed is the one behind the @ at the cursor", () => {
  expect(typedMention("hi @mi", 6)).toEqual({ start: 3, q: "mi" });
  expect(typedMention("hi @ㄱㅁ", 6)).toEqual({ start: 3, q: "ㄱㅁ" });
  expect(typedMention("hi @mi there", 12)).toBeNull();
  expect(typedMention("me@mi", 5)).toBeNull();
});

test("a text that is edited again names people as they are typed, and means the same ones", () => {
  const id = "01890000-0000-7000-8000-000000000001";
  const bob = { ...user(BOB), id };
  const sent = `<@${id}>님, <@all> and <@01890000-0000-7000-8000-000000000009>`;
  const { text, picked } = decodeMentions(sent, { [id]: bob });
  expect(text).toBe("@bob님, @all and <@01890000-0000-7000-8000-000000000009>");
  expect(encodeMentions(text, { picked, known: {} })).toBe(sent);
});
