/** Changes messages that are in the room's log. The screen changes when the log says so. */
import type { Message } from "@/lib/protocol";
import { ask } from "./socket";

export async function editMessage({ id, room_id }: Message, text: string): Promise<void> {
  await ask("message:edit", { room_id, id, text });
}

export async function deleteMessage({ id, room_id }: Message): Promise<void> {
  await ask("message:delete", { room_id, id });
}
