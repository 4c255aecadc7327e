/** Whether the list shows only rooms with something unread; this browser remembers it. */
import { create } from "zustand";
import { load, save } from "@/lib/storage";

const KEY = "unread_only";

export const useUnreadOnly = create<{ unread_only: boolean }>(() => ({ unread_only: load(KEY) === "yes" }));

export function toggleUnreadOnly(): void {
  const unread_only = !useUnreadOnly.getState().unread_only;
  save(KEY, unread_only ? "yes" : "no");
  useUnreadOnly.setState({ unread_only });
}
