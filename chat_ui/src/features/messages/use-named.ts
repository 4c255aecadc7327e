/** Returns a text as people read it on one line or elsewhere: names in the place of ids. */
import { useCallback } from "react";
import { userName } from "@/lib/names";
import { usePeople } from "@/lib/people";

const MENTION = /<@([\w-]+)>/g;

export function useNamed(): (text: string) => string {
  return useCallback((text) => {
    const { users } = usePeople.getState();
    return text.replace(MENTION, (_, id: string) => {
      const user = users[id];
      return `@${user ? userName(user) : id}`;
    });
  }, []);
}
