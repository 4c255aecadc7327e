import rows from "virtual:emoji";
import { expect, test } from "vitest";
import { EmojiBook, toned } from "./book";

const book = new EmojiBook(rows);
const found = (q: string) => book.find(q, 20).map(({ emoji }) => emoji.emoji);

test("an emoji is found by its names in both languages", () => {
  expect(found("joy")[0]).toBe("😂");
  expect(found(":tada:")[0]).toBe("🎉");
  expect(found("축하")).toContain("🎉");
  expect(found("축")).toContain("🎊");
  expect(found("눈물".normalize("NFD"))).not.toEqual([]);
  expect(found("")).toEqual([]);
  expect(found("xyzzy")).toEqual([]);
});

test("what was found says by which word", () => {
  expect(book.find("축하", 30).find(({ emoji }) => emoji.emoji === "🎉")?.word).toBe("축하");
});

test("a shortcode names one emoji, and each emoji has one", () => {
  expect(book.named("thumbsup")?.emoji).toBe("👍");
  expect(book.named("+1")?.emoji).toBe("👍");
  expect(book.all.filter(({ shortcodes }) => !/^[a-z0-9_+-]+$/.test(shortcodes[0] ?? ""))).toEqual([]);
});

test("skin tones are five, also where two people are shown", () => {
  const [thumb, hands, rocket] = ["👍", "🤝", "🚀"].map((emoji) => book.of(emoji));
  expect(thumb && toned(thumb, 3)).toBe("👍🏽");
  expect(hands?.tones).toHaveLength(5);
  expect(rocket && toned(rocket, 3)).toBe("🚀");
  expect(book.of("👍🏽")).toBe(thumb);
  expect(book.all.filter(({ emoji }) => !/^\p{RGI_Emoji}$/v.test(emoji))).toEqual([]);
});

test("the groups hold every emoji once", () => {
  expect(book.groups.flatMap(({ emoji }) => emoji)).toHaveLength(book.all.length);
  expect(book.groups.map(({ group }) => group)).toEqual([0, 1, 3, 4, 5, 6, 7, 8, 9]);
});
