/** What is being written, kept for each room over a change of room and a reload. */
import { markDraft } from "@/lib/chat/drafted";
import { load, save } from "@/lib/storage";
import type { Names } from "./mentions";

export interface Draft {
  text: string;
  /** Those picked for a mention, by username. */
  picked: Names;
}

export function loadDraft(me: string, room_id: string): Draft {
  try {
    const draft = JSON.parse(load(`draft.${me}.${room_id}`) ?? "null") as Partial<Draft> | null;
    if (typeof draft?.text === "string") return { text: draft.text, picked: draft.picked ?? {} };
  } catch (error) {
    console.warn("A stored draft cannot be read.", error);
  }
  return { text: "", picked: {} };
}

export function saveDraft(me: string, room_id: string, draft: Draft): void {
  save(`draft.${me}.${room_id}`, draft.text ? JSON.stringify(draft) : null);
  markDraft(room_id, draft.text !== "");
}
