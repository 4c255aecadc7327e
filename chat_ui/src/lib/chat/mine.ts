/** What belongs to one person of a room: a favourite, and the section of the list where it stands. */
import type { SetMine } from "@/lib/protocol";
import { ask } from "./socket";
import { changeTimeline } from "./store";

export async function setMine(room_id: string, change: Omit<SetMine, "room_id">): Promise<void> {
  await ask("room:mine:set", { room_id, ...change });
  // The other devices are told; this one knows.
  changeTimeline(room_id, (timeline) => ({ ...timeline, room: withMine(timeline.room, change) }));
}

/** Return the row with what was changed; what is not named stays. */
export function withMine<Row extends { favourite?: boolean; section?: string }>(
  row: Row,
  { favourite, section }: { favourite?: boolean; section?: string | null },
): Row {
  return {
    ...row,
    ...(favourite === undefined ? {} : { favourite }),
    ...(section === undefined ? {} : { section: section ?? undefined }),
  };
}
