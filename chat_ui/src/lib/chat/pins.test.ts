import { expect, test } from "vitest";
import type { RoomEvent } from "@/lib/protocol";
import { created, deleted, reaction } from "@/testing/events";
import { followPins } from "./pins";

const FIRST = created(1);
const SECOND = created(2);
const BEFORE = { ids: [] as string[], position: 2 };

function pinning(seq: number, target: typeof FIRST, type: "message.pinned" | "message.unpinned"): RoomEvent {
  const { emoji, ...about } = reaction(seq, target, "reaction.added") as Extract<RoomEvent, { emoji: string }>;
  return { ...about, type };
}

const STORY = [
  pinning(3, FIRST, "message.pinned"),
  pinning(4, SECOND, "message.pinned"),
  pinning(5, FIRST, "message.unpinned"),
  deleted(6, SECOND),
];

test("what is pinned comes first, until it is unpinned or deleted", () => {
  const after = (position: number) => followPins(BEFORE, { position, recent: STORY.slice(0, position - 2) })?.ids;
  expect([3, 4, 5, 6].map(after)).toEqual([
    [FIRST.message.id],
    [SECOND.message.id, FIRST.message.id],
    [SECOND.message.id],
    [],
  ]);
});

test("where events are missing it is read anew", () => {
  expect(followPins(BEFORE, { position: 4, recent: STORY.slice(1, 2) })).toBeNull();
});
