/** The links that still let people into a room, each with the way to end it. */
import { useEffect, useState } from "react";
import { Alert } from "@/components/alert";
import { listInvitations, revokeInvitation } from "@/lib/chat/membership";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { dayName } from "@/lib/i18n/time-words";
import { useUserName } from "@/lib/names";
import type { Invite } from "@/lib/protocol";
import styles from "./details.module.css";

export function InvitationList({ room_id }: { room_id: string }) {
  const t = useT();
  const [items, setItems] = useState<Invite[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const changed_at = useChat(
    ({ timelines }) => timelines[room_id]?.recent.findLast(({ type }) => type.startsWith("invite."))?.seq,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another invitation is another list.
  useEffect(() => {
    let outdated = false;
    listInvitations(room_id)
      .then((found) => !outdated && setItems(found))
      .catch((error) => !outdated && setFailure(explain(error)));
    return () => {
      outdated = true;
    };
  }, [room_id, changed_at]);
  const revoke = async (id: string) => {
    setFailure(null);
    try {
      await revokeInvitation(room_id, id);
      setItems((known) => known.filter((one) => one.id !== id));
    } catch (error) {
      setFailure(explain(error));
    }
  };
  if (items.length === 0) return <Alert>{failure}</Alert>;
  return (
    <section className={styles.links} aria-label={t("details.links")}>
      <h3>{t("details.links")}</h3>
      <Alert>{failure}</Alert>
      <ul>
        {items.map((invite) => (
          <Row key={invite.id} invite={invite} onRevoke={() => revoke(invite.id)} />
        ))}
      </ul>
    </section>
  );
}

function Row({ invite, onRevoke }: { invite: Invite; onRevoke: () => void }) {
  const t = useT();
  const by = useUserName(invite.by);
  const until = invite.until && dayName(new Date(invite.until), new Date());
  return (
    <li>
      <span>
        {invite.uses === null
          ? t("details.link_used", { count: invite.used })
          : t("details.link_used_of", { used: invite.used, count: invite.uses })}
        <span className="soft">
          {t("details.link_by", { name: by })}
          {until && ` · ${t("details.link_until", { day: until })}`}
        </span>
      </span>
      <button type="button" className="button small" onClick={onRevoke}>
        {t("details.link_revoke")}
      </button>
    </li>
  );
}
