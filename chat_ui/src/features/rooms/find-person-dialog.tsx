/** Finds somebody to write to. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Avatar } from "@/components/avatar";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { Matched } from "@/components/matched";
import { openDirect } from "@/lib/chat/rooms";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { isImeKey } from "@/lib/ime";
import { userName } from "@/lib/names";
import { findPeople } from "@/lib/people";
import type { User } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { useSearch } from "@/lib/use-search";
import styles from "./find-person-dialog.module.css";

export function FindPersonDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const [q, setQ] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const { items, failure } = useSearch(q, findSomebody);
  const people = (items ?? []).filter((user) => user.id !== me && !user.deactivated);
  const open = async (user: User) => {
    setRefusal(null);
    try {
      const room_id = await openDirect(user.id);
      onClose();
      navigate(roomPath(room_id));
    } catch (error) {
      setRefusal(explain(error));
    }
  };
  const none = q.trim() ? t("rooms.find_none") : t("rooms.find_hint");
  return (
    <Dialog title={t("rooms.start_direct")} onClose={onClose}>
      <Alert>{refusal ?? failure}</Alert>
      <Field
        label={t("rooms.find_person")}
        // Not of type search, where Escape empties the field before it closes the dialog.
        enterKeyHint="search"
        value={q}
        onChange={(event) => setQ(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || isImeKey(event.nativeEvent)) return;
          const [only, second] = people;
          if (only && !second) void open(only);
        }}
        autoComplete="off"
        autoFocus
      />
      <ul className={styles.people}>
        {people.map((user) => (
          <li key={user.id}>
            <button type="button" className={styles.person} onClick={() => open(user)}>
              <Avatar id={user.id} user={user} />
              <span className={styles.names}>
                <span className="ellipsis">
                  <Matched name={userName(user)} typed={q} />
                </span>
                <span className="soft">@{user.username}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p role="status" className="soft">
        {items && people.length === 0 ? none : ""}
      </p>
    </Dialog>
  );
}

/** Ask only for what was typed: a server need not list everybody. */
async function findSomebody(q: string): Promise<User[]> {
  return q ? findPeople(q) : [];
}
