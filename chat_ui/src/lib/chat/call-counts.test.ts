import { expect, test } from "vitest";
import { room } from "@/testing/events";
import { countCalls } from "./call-counts";

const NOW = Date.parse("2026-11-28T12:00:00Z");
const count = (...changes: Parameters<typeof room>[0][]) => countCalls(changes.map(room), NOW);
const muted = (muted_until: string | null) => ({ level: "all" as const, muted_until });

test("mentions call in a channel, every message in a conversation", () => {
  expect(count({ unread: 5, mentions: 2 }, { kind: "direct", unread: 3, mentions: 0 })).toBe(5);
});

test("a muted room calls nobody, until that is over", () => {
  expect(count({ mentions: 2, notify: muted("2026-11-28T13:00:00Z") })).toBe(0);
  expect(count({ mentions: 2, notify: muted("2026-11-28T11:00:00Z") })).toBe(2);
  expect(count({ kind: "direct", unread: 2, notify: { level: "none", muted_until: null } })).toBe(0);
});

test("where one wants to hear of mentions alone only they call", () => {
  const notify = { level: "mentions" as const, muted_until: null };
  expect(count({ kind: "direct", unread: 4, mentions: 1, notify })).toBe(1);
});
