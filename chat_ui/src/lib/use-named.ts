/** Returns a text as people read it on one line or elsewhere: names in the place of ids. */
import { useCallback } from "react";
import { useChat } from "@/lib/chat/store";
import { userName } from "@/lib/names";
import { usePeople, useWanted } from "@/lib/people";
import type { AnyMessage } from "@/lib/protocol";

const MENTION = /<@([\w-]+)>/g;
const ROOM = /<#([\w-]+)>/g;

/**
 * Name those whom `text` mentions, also once they are known later. Only those are asked for whom the server has found in
 * it: whatever else looks like an id would cost each reader a call.
 */
export function useNamedText(text: string, mentioned: readonly string[]): string {
  const named = useNamed();
  useWanted([...mentioned]);
  return usePeople(() => named(text));
}

const NOBODY: readonly string[] = [];

/** Return whom the server has found in the message. */
export function mentionedIn(message: AnyMessage): readonly string[] {
  return (!message.deleted && message.mentions?.users) || NOBODY;
}

export function useNamed(): (text: string) => string {
  return useCallback((text) => {
    const { users } = usePeople.getState();
    const { timelines } = useChat.getState();
    const with_rooms = text.replace(ROOM, (encoded, id: string) => {
      const name = timelines[id]?.room.name;
      return name ? `#${name}` : encoded;
    });
    return with_rooms.replace(MENTION, (_, id: string) => {
      const user = users[id];
      return `@${user ? userName(user) : id}`;
    });
  }, []);
}
