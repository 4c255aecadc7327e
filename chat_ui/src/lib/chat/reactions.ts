/** Puts an emoji on a message, or takes it back. The screen changes when the room's log says so. */
import type { Message } from "@/lib/protocol";
import { ask } from "./socket";

export async function toggleReaction({ id, room_id, reactions }: Message, emoji: string): Promise<void> {
  const mine = reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
  await ask(mine ? "reaction:remove" : "reaction:add", { room_id, id, emoji });
}
