/** Who is in a room, with what they may do; moderators change that here. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { type ListedMember, mayAdd } from "@/lib/chat/membership";
import { useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { AddPeopleDialog } from "./add-people-dialog";
import styles from "./details.module.css";
import { MemberRow } from "./member-row";
import { useMembers } from "./use-members";

export function MembersTab({ room, name }: { room: Room; name: string }) {
  const t = useT();
  const [adding, setAdding] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const { items, next, failure, more } = useMembers(room.id);
  const leaders = items?.filter(({ role }) => role === "owner" || role === "moderator") ?? [];
  const others = items?.filter(({ role }) => role === "member") ?? [];
  const readers = items?.filter(({ role }) => role === "reader") ?? [];
  const group = (title: string, members: ListedMember[]) =>
    members.length > 0 && (
      <section aria-label={title}>
        <h3>{title}</h3>
        <ul className={styles.members}>
          {members.map((member) => (
            <MemberRow key={member.user_id} member={member} room={room} onFailure={setRefusal} />
          ))}
        </ul>
      </section>
    );
  return (
    <div className={styles.body}>
      {mayAdd(room) && (
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          <Icon name="add_person" small /> {t("details.add")}
        </button>
      )}
      <Alert>{refusal ?? failure}</Alert>
      {group(t("details.leaders"), leaders)}
      {group(t("details.members"), others)}
      {group(t("details.readers"), readers)}
      {next && (
        <button type="button" className="button" onClick={more}>
          {t("details.more")}
        </button>
      )}
      {adding && <AddPeopleDialog room={room} name={name} onClose={() => setAdding(false)} />}
    </div>
  );
}
