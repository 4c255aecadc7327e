/** Takes a message that was not sent back into the field in which it was written, to be written anew. */

import { mayWrite } from "@/lib/chat/membership";
import type { Unsent } from "@/lib/chat/outbox";
import { isQuotedGone } from "@/lib/chat/quoted";
import { discard } from "@/lib/chat/sending";
import { useChat } from "@/lib/chat/store";
import type { Timeline } from "@/lib/chat/timeline";
import { usePeople } from "@/lib/people";
import { roomPath, threadPath } from "@/lib/router";
import { asidePlace, joinDrafts, loadAll, loadDraft, saveDraft } from "./drafts";
import { decodeMentions } from "./mentions";
import { putBack } from "./room-desk";

/** Tell whether there is a field that would take it. */
export function mayTakeBack(timeline: Timeline | undefined): boolean {
  return mayWrite(timeline?.room);
}

/** Store the text before what the field holds, and only then drop the message; returns the address of the field. */
export function takeBack(cid: string): string | null {
  const { me, outbox } = useChat.getState();
  const unsent = outbox.find((one) => one.cid === cid);
  // By now it may be on its way.
  if (!unsent || (unsent.state !== "queued" && unsent.state !== "failed")) return null;
  // The field of a thread goes with its first message.
  const thread = isClosed(unsent) ? undefined : unsent.thread;
  const place = thread ?? unsent.room_id;
  const held = loadDraft(me, place);
  const { text, picked } = decodeMentions(unsent.text, usePeople.getState().users);
  const draft = joinDrafts({ text, picked }, held);
  const is_stored = saveDraft(me, place, draft);
  discard(cid);
  // In a full storage, there is room now.
  if (!is_stored) saveDraft(me, place, draft);
  // In a thread nobody is answered beside it.
  putBack(place, unsent.thread ? null : (unsent.reply_to ?? null));
  return thread ? threadPath(unsent.room_id, thread) : roomPath(unsent.room_id);
}

/** Put the draft of one field, and what lies aside of it, before what another one holds. */
export function moveDraft(me: string, { from, to }: { from: string; to: string }): void {
  saveDraft(me, to, joinDrafts(loadAll(me, from), loadDraft(me, to)));
  for (const place of [from, asidePlace(from)]) saveDraft(me, place, { text: "", picked: {} });
  putBack(to, null);
}

/** Tell whether the first message of its thread is known to be gone, or the server found none. */
function isClosed({ room_id, thread, error }: Unsent): boolean {
  if (thread === undefined) return false;
  const root = useChat.getState().timelines[room_id]?.messages?.byId(thread);
  return root ? root.deleted : error?.code === "not_found" || isQuotedGone(thread);
}
