/** Takes a message that was not sent back into the field in which it was written, to be written anew. */

import { mayWrite } from "@/lib/chat/membership";
import type { Unsent } from "@/lib/chat/outbox";
import { discard } from "@/lib/chat/sending";
import { useChat } from "@/lib/chat/store";
import type { Timeline } from "@/lib/chat/timeline";
import { usePeople } from "@/lib/people";
import { loadDraft, saveDraft } from "./drafts";
import { decodeMentions } from "./mentions";
import { putBack } from "./room-desk";

/** Tell whether there is a field that would take it. */
export function mayTakeBack({ thread }: Unsent, timeline: Timeline | undefined): boolean {
  const is_closed = thread !== undefined && timeline?.messages?.byId(thread)?.deleted;
  return mayWrite(timeline?.room) && !is_closed;
}

/** Store the text before what the field holds, and only then drop the message. */
export function takeBack(cid: string): void {
  const { me, outbox } = useChat.getState();
  const unsent = outbox.find((one) => one.cid === cid);
  // By now it may be on its way.
  if (!unsent || (unsent.state !== "queued" && unsent.state !== "failed")) return;
  const place = unsent.thread ?? unsent.room_id;
  const held = loadDraft(me, place);
  const { text, picked } = decodeMentions(unsent.text, usePeople.getState().users);
  const draft = {
    text: [text, held.text].filter(Boolean).join("\n\n"),
    picked: { ...held.picked, ...picked },
  };
  const is_stored = saveDraft(me, place, draft);
  discard(cid);
  // In a full storage, there is room now.
  if (!is_stored) saveDraft(me, place, draft);
  // In a thread nobody is answered beside it.
  putBack(place, unsent.thread ? null : (unsent.reply_to ?? null));
}
