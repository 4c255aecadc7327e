/** Which threads one is told of: what one chose on any device since the page was loaded, else what the server does by itself. */
import { create } from "zustand";
import { ask } from "./socket";
import { useChat } from "./store";

const useFollowing = create<{ chosen: Record<string, boolean> }>(() => ({ chosen: {} }));

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) useFollowing.setState({ chosen: {} });
});

/** Return whether one follows the thread; null while one has not said, here or elsewhere. */
export function useFollows(root: string): boolean | null {
  return useFollowing(({ chosen }) => chosen[root] ?? null);
}

export function noteFollowing(threads: Record<string, boolean>): void {
  useFollowing.setState(({ chosen }) => ({ chosen: { ...chosen, ...threads } }));
}

export async function followThread(room_id: string, root: string, follows: boolean): Promise<void> {
  await ask(follows ? "thread:follow" : "thread:unfollow", { room_id, id: root });
  noteFollowing({ [root]: follows });
}
