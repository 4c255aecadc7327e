/** A few of those who are in a room, each with the way to write to them. */
import { useEffect, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { PersonButton } from "@/components/person-button";
import { PersonFace } from "@/components/person-face";
import { listMembers } from "@/lib/chat/membership";
import { openDirect } from "@/lib/chat/rooms";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { userName } from "@/lib/names";
import { usePeople, useWanted } from "@/lib/people";
import type { User } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import styles from "./people-cards.module.css";

const SHOWN = 4;
// Among so many there are enough people who are no bots and not gone.
const LOOKED_AT = 20;

interface Props {
  room_id: string;
  title: string;
}

export function PeopleCards({ room_id, title }: Props) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const online = useChat(({ link }) => link === "online");
  const [ids, setIds] = useState<string[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    if (!online) return;
    let outdated = false;
    listMembers(room_id, null)
      .then(({ items }) => !outdated && setIds(items.map(({ user_id }) => user_id).filter((id) => id !== me)))
      // They are an offer; without them nothing is missing.
      .catch((error) => console.warn("Who is in the room could not be loaded.", error));
    return () => {
      outdated = true;
    };
  }, [room_id, me, online]);
  const looked_at = ids.slice(0, LOOKED_AT);
  useWanted(looked_at);
  const users = usePeople(({ users }) => users);
  const people = looked_at.flatMap((id) => {
    const user = users[id];
    return user && !user.bot && !user.deactivated ? [user] : [];
  });
  const write = async (user: User) => {
    setFailure(null);
    try {
      navigate(roomPath(await openDirect(user.id)));
    } catch (error) {
      setFailure(explain(error));
    }
  };
  if (people.length === 0) return null;
  return (
    <section aria-labelledby="people-cards">
      <h2 id="people-cards">{title}</h2>
      <Alert>{failure}</Alert>
      <ul className={styles.cards}>
        {people.slice(0, SHOWN).map((user) => (
          <li key={user.id} className={styles.card}>
            <PersonFace id={user.id} user={user} />
            <div className={styles.about}>
              <PersonButton id={user.id} className={`${styles.name} ellipsis`}>
                {userName(user)}
              </PersonButton>
              <span className="soft ellipsis">{user.title || `@${user.username}`}</span>
            </div>
            <button
              type="button"
              className={styles.write}
              aria-label={t("welcome.write_to", { name: userName(user) })}
              title={t("welcome.write_to", { name: userName(user) })}
              onClick={() => write(user)}
            >
              <Icon name="home" small />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
