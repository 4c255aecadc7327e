/** Returns a text as people read it on one line or elsewhere: names in the place of ids. */
import { useChat } from "@/lib/chat/store";
import { userName } from "@/lib/names";
import { usePeople, useWanted } from "@/lib/people";

const MENTION = /<@([\w-]+)>/g;
// What only looks like an id is asked for by nobody.
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ROOM = /<#([\w-]+)>/g;

/** Name those whom `text` mentions, also once they are known later. */
export function useNamedText(text: string): string {
  useWanted([...text.matchAll(MENTION)].flatMap(([, id]) => (id && ID.test(id) ? [id] : [])));
  return usePeople(() => named(text));
}

/** Put names in the place of ids, as far as they are known now. */
export function named(text: string): string {
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
}
