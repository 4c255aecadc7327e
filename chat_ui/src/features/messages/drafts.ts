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
  const stored = load(`draft.${me}.${room_id}`);
  return stored ? (JSON.parse(stored) as Draft) : { text: "", picked: {} };
}

export function saveDraft(me: string, room_id: string, draft: Draft): void {
  save(`draft.${me}.${room_id}`, draft.text ? JSON.stringify(draft) : null);
  markDraft(room_id, draft.text !== "");
}
