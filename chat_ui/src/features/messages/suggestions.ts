/** Whom the name being typed may mean: those seen in this room at once, the rest as the server finds them. */
import { useChat, useInRoom } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { findPeople, usePeople } from "@/lib/people";
import type { User } from "@/lib/protocol";
import { useSearch } from "@/lib/use-search";

export interface Suggestion {
  /** Null for everyone. */
  id: string | null;
  username: string;
  label: string;
}

const SHOWN = 8;
// Whoever wrote before that is found by the server.
const SEEN_MESSAGES = 200;

/** Return the suggestions for `q`; null closes them. */
export function useSuggestions(q: string | null, room_id: string): Suggestion[] {
  const t = useT();
  const users = usePeople((people) => people.users);
  const messages = useInRoom(room_id, (timeline) => (q === null ? null : timeline?.messages));
  const me = useChat((chat) => chat.me);
  const found = useSearch(q ?? "", search);
  if (q === null) return [];

  const wanted = q.normalize("NFC").toLowerCase();
  const seen = [
    ...new Set(
      messages
        ?.slice(-SEEN_MESSAGES)
        .map(({ sender }) => sender)
        .reverse(),
    ),
  ].flatMap((id) => users[id] ?? []);
  // What the server found fits by its own rules, such as initial consonants; an answer to an older question may not.
  const answer = (found.items ?? []).filter((user) => found.q === q || fits(user, wanted));
  const candidates = new Map([...seen.filter((user) => fits(user, wanted)), ...answer].map((user) => [user.id, user]));
  const people = [...candidates.values()]
    .filter((user) => user.id !== me && !user.deactivated)
    .map(({ id, username, display_name }) => ({ id, username, label: display_name }));
  const everyone = [
    { id: null, username: "here", label: t("messages.everyone_here") },
    { id: null, username: "all", label: t("messages.everyone") },
  ].filter(({ username }) => username.startsWith(wanted));
  return [...people.slice(0, SHOWN - everyone.length), ...everyone];
}

function fits(user: User, wanted: string): boolean {
  const words = user.display_name.toLowerCase().split(/\s+/);
  return [user.username, user.display_name.toLowerCase(), ...words].some((name) => name.startsWith(wanted));
}

async function search(q: string): Promise<User[]> {
  return q ? findPeople(q) : [];
}
