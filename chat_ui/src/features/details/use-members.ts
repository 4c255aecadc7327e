/** A room's members, page by page, and anew whenever somebody comes, goes or gets another role. */
import { useCallback, useEffect, useState } from "react";
import { listMembers } from "@/lib/chat/membership";
import { useChat } from "@/lib/chat/store";
import { explain } from "@/lib/i18n";
import type { ListedMember } from "@/lib/protocol";

interface Members {
  /** Null until the first page is there. */
  items: ListedMember[] | null;
  next: string | null;
  failure: string | null;
}

export function useMembers(room_id: string): Members & { more: () => void } {
  const [members, setMembers] = useState<Members>({ items: null, next: null, failure: null });
  const changed_at = useChat(
    ({ timelines }) => timelines[room_id]?.recent.findLast(({ type }) => type.startsWith("member."))?.seq,
  );
  const online = useChat(({ link }) => link === "online");
  // biome-ignore lint/correctness/useExhaustiveDependencies: another change is another list, and so is another connection.
  useEffect(() => {
    let outdated = false;
    listMembers(room_id, null)
      .then(({ items, next }) => !outdated && setMembers({ items, next, failure: null }))
      .catch((error) => !outdated && setMembers((known) => ({ ...known, failure: explain(error) })));
    return () => {
      outdated = true;
    };
  }, [room_id, changed_at, online]);
  const { next } = members;
  const more = useCallback(() => {
    listMembers(room_id, next)
      .then((page) =>
        setMembers((known) =>
          known.next === next
            ? { items: [...(known.items ?? []), ...page.items], next: page.next, failure: null }
            : known,
        ),
      )
      .catch((error) => setMembers((known) => ({ ...known, failure: explain(error) })));
  }, [room_id, next]);
  return { ...members, more };
}
