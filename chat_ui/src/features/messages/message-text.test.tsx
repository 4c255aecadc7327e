import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { resetChat, useChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import * as people from "@/lib/people";
import { learn } from "@/lib/people";
import { ME, room, user } from "@/testing/events";
import { MessageText } from "./message-text";

const ID = "01980000-0000-7000-8000-000000000001";
const UNKNOWN = "01980000-0000-7000-8000-000000000002";
const ADA = "01980000-0000-7000-8000-000000000003";

const show = (text: string) =>
  render(<MessageText text={text} me={ME} sender={ID} after={<i>(edited)</i>} />).container;

beforeEach(async () => {
  await setLanguage("en");
  resetChat(ME);
});
afterEach(cleanup);

test("Markdown becomes elements, and HTML stays text", () => {
  const shown = show("**a** *b* ~~c~~ `d` <img src=x onerror=alert(1)>\n\n> q\n\n1. x\n2. y\n\n- [x] z");
  expect(shown.querySelector("p")?.innerHTML).toContain("<strong>a</strong> <em>b</em> <s>c</s>");
  expect(shown.querySelector("img, script")).toBeNull();
  expect(shown.querySelector("blockquote")?.textContent).toBe("q");
  expect(shown.querySelectorAll("ol > li")).toHaveLength(2);
  expect(screen.getByRole("img", { name: "Done" })).toBeDefined();
});

test("a block of code stands without blank lines around it", () => {
  const shown = show("before\n\n```python\nprint(1)\n```\n\nafter");
  const [first, frame, last] = shown.firstElementChild?.children ?? [];
  expect(shown.firstElementChild?.children).toHaveLength(3);
  expect(first?.textContent).toBe("before");
  expect(frame?.querySelector("pre")?.textContent).toBe("print(1)");
  expect(frame?.textContent).toContain("Python");
  expect(last?.textContent).toBe("after(edited)");
});

test.each(["__proto__", "constructor"])("a language called %s is a word like others", (language) => {
  const shown = show(`\`\`\`${language}\nx\n\`\`\``);
  expect(shown.querySelector("pre")?.textContent).toBe("x");
  expect(shown.textContent).toContain(language);
});

test("what is said behind the text stands on its last line", () => {
  expect(show("one\n\ntwo").querySelector("p:last-child")?.textContent).toBe("two(edited)");
  expect(show("- one").querySelector("div > p")?.textContent).toBe("(edited)");
});

test("a room is called by its name, and one that is not known a private channel", () => {
  useChat.setState({ timelines: { [ID]: startTimeline(room({ id: ID })) } });
  show(`<#${ID}> <#${UNKNOWN}>`);
  expect(screen.getByRole("link", { name: "#general" }).getAttribute("href")).toBe(`/rooms/${ID}`);
  expect(screen.getByText("private channel").tagName).toBe("SPAN");
});

test("an id that the server has not found in the text costs its readers no call", () => {
  const wanted = vi.spyOn(people, "useWanted");
  render(<MessageText text={`<@${ID}> <@${UNKNOWN}>`} me={ME} sender={ID} mentioned={[ID]} />);
  expect(wanted.mock.calls.flat(2)).toEqual([ID]);
  wanted.mockClear();
  show(`<@${UNKNOWN}>`);
  expect(wanted.mock.calls.flat(2)).toEqual([UNKNOWN]);
  wanted.mockRestore();
});

test("people are called by their names, also within emphasis", () => {
  learn([{ ...user(ID), display_name: "Bob" }]);
  show(`**<@${ID}>** and <@here>`);
  expect(screen.getByText("@Bob")).toBeDefined();
  expect(screen.getByText("@here")).toBeDefined();
});

test.each([
  ["a mention of oneself calls", ID, `<@${ADA}>`, true],
  ["a mention of everyone calls", ID, "<@all>", true],
  ["a mention of somebody else is quiet", ID, `<@${ID}>`, false],
  ["what one wrote oneself is quiet", ADA, `<@${ADA}>`, false],
  ["everyone in what one wrote is quiet", ADA, "<@here>", false],
])("%s", (_, sender, text, is_loud) => {
  learn([
    { ...user(ID), display_name: "Bob" },
    { ...user(ADA), display_name: "Ada" },
  ]);
  render(<MessageText text={text} me={ADA} sender={sender} />);
  const pill = screen.getByText(/^@/);
  expect(pill.className.includes("to_me")).toBe(is_loud);
  expect(pill.className.includes("mention")).toBe(!is_loud);
});

test("links open beside the page and tell it nothing; rooms of this server open in it", () => {
  show(`[a](https://a.example) [b](${location.origin}/rooms/${ID})`);
  const link = screen.getByRole("link", { name: "a" });
  expect(link.getAttribute("rel")).toBe("noopener noreferrer nofollow");
  expect(link.getAttribute("target")).toBe("_blank");
  expect(screen.getByRole("link", { name: "b" }).getAttribute("href")).toBe(`/rooms/${ID}`);
});

test.each([
  ["🎉", true],
  ["👍🏽 👩‍🚀🇰🇷", true],
  ["🎉🎉🎉🎉", false],
  ["🎉 a", false],
  ["123", false],
  ["", false],
])("%s is shown big: %s", (text, is_big) => {
  expect(show(text).firstElementChild?.className.includes("big")).toBe(is_big);
});
