/** Signing out, with what it takes away from this device. */
import { clearStored, countDrafts } from "@/lib/chat/outbox-storage";
import { useChat } from "@/lib/chat/store";
import { forgetInvitation } from "@/lib/invitation";
import { navigate } from "@/lib/router";
import { signOut } from "@/lib/session";
import { countUnsaved } from "@/lib/unsaved";

export async function leave(me: string): Promise<void> {
  await signOut();
  clearStored(me);
  forgetInvitation();
  navigate("/", { replace: true });
}

/** What was begun and is not sent. */
export function countBegun(me: string): number {
  return countDrafts(me) + countUnsaved();
}

export function losesAtSignOut(me: string): boolean {
  return useChat.getState().outbox.length + countBegun(me) > 0;
}
