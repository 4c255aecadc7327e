/** Adds people to a room by name, or makes a link that lets them in. */
import { type KeyboardEvent, useId, useState } from "react";
import { Alert } from "@/components/alert";
import { Avatar } from "@/components/avatar";
import { Dialog } from "@/components/dialog";
import { Icon } from "@/components/icon";
import { Keycap } from "@/components/keycap";
import { Matched } from "@/components/matched";
import { addMember, mayModerate } from "@/lib/chat/membership";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { isImeKey } from "@/lib/ime";
import { userName } from "@/lib/names";
import { findPeople } from "@/lib/people";
import type { Room, User } from "@/lib/protocol";
import { useSearch } from "@/lib/use-search";
import styles from "./details.module.css";
import { InvitationLink } from "./invitation-link";
import { InvitationList } from "./invitation-list";

export default function AddPeopleDialog({ room, name, onClose }: { room: Room; name: string; onClose: () => void }) {
  const t = useT();
  const id = useId();
  const me = useChat((chat) => chat.me);
  const [q, setQ] = useState("");
  const [picked, setPicked] = useState<User[]>([]);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const search = useSearch(q, findSomebody);
  // What answers an older question is not what is meant.
  const items = search.q === q ? search.items : null;
  const isPicked = (user: User) => picked.some(({ id }) => id === user.id);
  const found = (items ?? []).filter((user) => user.id !== me && !user.deactivated && !isPicked(user));
  const pick = (user: User) => {
    setPicked([...picked, user]);
    setQ("");
  };
  const add = async () => {
    setBusy(true);
    setRefusal(null);
    let left = picked;
    try {
      for (const user of picked) {
        await addMember(room.id, user.id);
        left = left.filter(({ id }) => id !== user.id);
      }
      onClose();
    } catch (error) {
      // Who was added is; the rest can be tried again.
      setPicked(left);
      setRefusal(explain(error));
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isImeKey(event.nativeEvent)) return;
    // In an empty field it takes back the last one, as in any field with such marks.
    if (event.key === "Backspace" && q === "") setPicked(picked.slice(0, -1));
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (found[0]) pick(found[0]);
  };
  return (
    <Dialog title={t("details.add_to", { name })} onClose={onClose} is_wide>
      <Alert>{refusal ?? search.failure}</Alert>
      <div className={styles.who_field}>
        <label htmlFor={id}>{t("rooms.find_person")}</label>
        <div className={styles.chips}>
          {picked.length > 0 && (
            <ul className={styles.picked} aria-label={t("details.picked")}>
              {picked.map((user) => (
                <li key={user.id}>
                  <Avatar id={user.id} user={user} size="small" /> {userName(user)}
                  <button
                    type="button"
                    aria-label={t("details.unpick", { name: userName(user) })}
                    onClick={() => setPicked(picked.filter(({ id }) => id !== user.id))}
                  >
                    <Icon name="close" small />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <input
            id={id}
            value={q}
            autoComplete="off"
            autoFocus
            onChange={(event) => setQ(event.target.value)}
            onKeyDown={onKeyDown}
          />
        </div>
      </div>
      <ul className={styles.found}>
        {found.map((user, index) => (
          <li key={user.id}>
            <button type="button" onClick={() => pick(user)}>
              <Avatar id={user.id} user={user} />
              <span className={styles.who}>
                <span className="ellipsis">
                  <Matched name={userName(user)} typed={q} />
                </span>
                <span className="soft ellipsis">@{user.username}</span>
              </span>
              {index === 0 && <Keycap name="↵" />}
            </button>
          </li>
        ))}
      </ul>
      <p role="status" className="soft">
        {q.trim() && items?.length === 0 ? t("rooms.find_none") : ""}
      </p>
      {mayModerate(room) && <InvitationLink room={room} />}
      {mayModerate(room) && <InvitationList room_id={room.id} />}
      <div className="actions">
        <button type="button" className="button quiet" onClick={onClose}>
          {t("app.cancel")}
        </button>
        <button type="button" className="button primary" disabled={busy || picked.length === 0} onClick={add}>
          {t("details.add_count", { count: picked.length })}
        </button>
      </div>
    </Dialog>
  );
}

/** Ask only for what was typed: a server need not list everybody. */
async function findSomebody(q: string): Promise<User[]> {
  return q ? findPeople(q) : [];
}
