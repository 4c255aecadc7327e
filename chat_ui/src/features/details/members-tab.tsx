/** Who is in a room, with what they may do; moderators change that here. */
import { Suspense, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { mayAdd } from "@/lib/chat/membership";
import { useT } from "@/lib/i18n";
import { lazily } from "@/lib/lazily";
import { findMatch } from "@/lib/matching";
import { userName } from "@/lib/names";
import { usePeople } from "@/lib/people";
import type { ListedMember, Room } from "@/lib/protocol";
import styles from "./details.module.css";
import { MemberRow } from "./member-row";
import { useMembers } from "./use-members";

const AddPeopleDialog = lazily(() => import("./add-people-dialog"));

export function MembersTab({ room, name }: { room: Room; name: string }) {
  const t = useT();
  const [adding, setAdding] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [q, setQ] = useState("");
  const { items, next, failure, more } = useMembers(room.id);
  const users = usePeople((people) => (q.trim() ? people.users : null));
  const found = items?.filter(({ user_id }) => {
    const user = users?.[user_id];
    return !users || (user && (findMatch(userName(user), q.trim()) ?? findMatch(user.username, q.trim())));
  });
  const leaders = found?.filter(({ role }) => role === "owner" || role === "moderator") ?? [];
  const others = found?.filter(({ role }) => role === "member") ?? [];
  const readers = found?.filter(({ role }) => role === "reader") ?? [];
  const group = (title: string, members: ListedMember[]) =>
    members.length > 0 && (
      <section aria-label={title}>
        <h3>{next ? title : t("details.counted", { title, count: members.length })}</h3>
        <ul className={styles.members}>
          {members.map((member) => (
            <MemberRow key={member.user_id} member={member} room={room} onFailure={setRefusal} />
          ))}
        </ul>
      </section>
    );
  return (
    <div className={styles.body}>
      <div className={styles.ways}>
        <label className={styles.search}>
          <Icon name="search" small />
          <input
            aria-label={t("details.find")}
            placeholder={t("details.find_hint")}
            value={q}
            autoComplete="off"
            onChange={(event) => setQ(event.target.value)}
          />
        </label>
        {mayAdd(room) && (
          <button
            type="button"
            className="button primary"
            aria-label={t("details.add")}
            onClick={() => setAdding(true)}
          >
            <Icon name="add_person" small /> {t("details.add_short")}
          </button>
        )}
      </div>
      <Alert>{refusal ?? failure}</Alert>
      {group(t("details.leaders"), leaders)}
      {group(t("details.members"), others)}
      {group(t("details.readers"), readers)}
      <p role="status" className="soft">
        {found?.length === 0 && q.trim() ? t("rooms.find_none") : ""}
      </p>
      {next && (
        <button type="button" className="button" onClick={more}>
          {t("details.more")}
        </button>
      )}
      <Suspense fallback={null}>
        {adding && <AddPeopleDialog room={room} name={name} onClose={() => setAdding(false)} />}
      </Suspense>
    </div>
  );
}
