/** How far one has read which threads, as far as it was told since the page was loaded; here and on other devices. */
import { create } from "zustand";
import { ask } from "./socket";
import { useChat } from "./store";

/** The number of the last reply read, by the thread's message. */
type Reads = Readonly<Record<string, number>>;

export const useThreadReads = create<Reads>(() => ({}));

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) useThreadReads.setState({}, true);
});

/** A position only moves forward. */
export function noteThreadsRead(threads: Reads): void {
  const known = useThreadReads.getState();
  const moved = Object.entries(threads).filter(([root, n]) => n > (known[root] ?? 0));
  if (moved.length > 0) useThreadReads.setState(Object.fromEntries(moved));
}

/** Say that a thread was read up to the reply of that number. */
export async function markThreadRead(room_id: string, root: string, n: number): Promise<void> {
  if (n <= (useThreadReads.getState()[root] ?? 0)) return;
  const marked = await ask("thread:read", { room_id, id: root, n });
  noteThreadsRead({ [root]: marked.n });
}
