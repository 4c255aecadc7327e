/** What is being written, kept for each room over a change of room and a reload. */
import { markDraft } from "@/lib/chat/drafted";
import { useChat } from "@/lib/chat/store";
import { load, save } from "@/lib/storage";
import { countAsUnsaved } from "@/lib/unsaved";
import type { Names } from "./mentions";

export interface Draft {
  text: string;
  /** Those picked for a mention, by username. */
  picked: Names;
}

/** What this browser could not store, by its key. */
const unkept = new Map<string, Draft>();

countAsUnsaved(() => unkept.size);
useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) unkept.clear();
});

export function loadDraft(me: string, place: string): Draft {
  const key = draftKey(me, place);
  return unkept.get(key) ?? parseDraft(load(key));
}

/** Return the draft as it was stored; what cannot be read is none. */
export function parseDraft(stored: string | null): Draft {
  try {
    const draft = JSON.parse(stored ?? "null") as Partial<Draft> | null;
    if (typeof draft?.text === "string") return { text: draft.text, picked: draft.picked ?? {} };
  } catch (error) {
    console.warn("A stored draft cannot be read.", error);
  }
  return { text: "", picked: {} };
}

/** Keep a draft, at least until the page is left; returns whether it is stored. */
export function saveDraft(me: string, place: string, draft: Draft): boolean {
  const key = draftKey(me, place);
  const is_stored = save(key, draft.text ? JSON.stringify(draft) : null);
  if (is_stored || !draft.text) unkept.delete(key);
  else unkept.set(key, draft);
  markDraft(place, draft.text !== "");
  return is_stored;
}

/** Where lies what another tab wrote in the same field: beside the draft, and forgotten with it. */
export function asidePlace(place: string): string {
  return `${place}.aside`;
}

/** Put one text before another, with those who were picked in both. */
export function joinDrafts(...drafts: Draft[]): Draft {
  return {
    text: drafts
      .map(({ text }) => text)
      .filter(Boolean)
      .join("\n\n"),
    picked: Object.assign({}, ...drafts.toReversed().map(({ picked }) => picked)) as Names,
  };
}

/** Return all that was written in one field, also what another tab wrote there. */
export function loadAll(me: string, place: string): Draft {
  return joinDrafts(loadDraft(me, place), loadDraft(me, asidePlace(place)));
}

/** Where lies a reply that is written in the inbox, apart from what is written in its room. */
export function replyPlace(message_id: string): string {
  return `inbox.${message_id}`;
}

export function draftKey(me: string, place: string): string {
  return `draft.${me}.${place}`;
}
