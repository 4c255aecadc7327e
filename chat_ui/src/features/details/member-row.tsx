/** One member of a room: who it is, the role, and, for who may, changing it or taking them out. */
import { useId, useState } from "react";
import { Avatar } from "@/components/avatar";
import { Dialog } from "@/components/dialog";
import { Icon } from "@/components/icon";
import { changeRole, isBelow, mayModerate, type Role, removeMember } from "@/lib/chat/membership";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { userName, useUser } from "@/lib/names";
import type { ListedMember, Room } from "@/lib/protocol";
import styles from "./details.module.css";

interface Props {
  member: ListedMember;
  room: Room;
  onFailure: (reason: string | null) => void;
}

export function MemberRow({ member: { user_id, role }, room, onFailure }: Props) {
  const t = useT();
  const id = useId();
  const user = useUser(user_id);
  const is_me = useChat(({ me }) => me === user_id);
  const [removing, setRemoving] = useState(false);
  const name = user ? userName(user) : "…";
  const may_change = mayModerate(room) && !is_me && (room.role === "owner" || isBelow(role, room.role));
  const may_remove = mayModerate(room) && !is_me && isBelow(role, room.role);
  const offered: Role[] = room.role === "owner" ? ["owner", "moderator", "member", "reader"] : ["member", "reader"];
  const [raising, setRaising] = useState(false);
  const change = (chosen: Role) => {
    // An owner cannot be unmade by another one's mistake alone.
    if (chosen === "owner" && !raising) return setRaising(true);
    setRaising(false);
    onFailure(null);
    changeRole(room.id, user_id, chosen).catch((error) => onFailure(explain(error)));
  };
  const remove = () => {
    setRemoving(false);
    onFailure(null);
    removeMember(room.id, user_id).catch((error) => onFailure(explain(error)));
  };
  return (
    <li className={styles.member}>
      <Avatar id={user_id} user={user} />
      <span className={styles.names}>
        <span className="ellipsis">
          {name} {is_me && <span className="soft">{t("rooms.you")}</span>}
        </span>
        <span className="soft ellipsis">{user && `@${user.username}`}</span>
      </span>
      {may_change ? (
        <>
          <label className="only-read-out" htmlFor={id}>
            {t("details.role_of", { name })}
          </label>
          <select id={id} value={role} onChange={(event) => change(event.target.value as Role)}>
            {offered.map((one) => (
              <option key={one} value={one}>
                {t(`details.role_${one}`)}
              </option>
            ))}
          </select>
        </>
      ) : (
        <span className={styles.role}>{t(`details.role_${role}`)}</span>
      )}
      {may_remove && (
        <button
          type="button"
          className="icon-button"
          aria-label={t("details.remove", { name })}
          title={t("details.remove", { name })}
          onClick={() => setRemoving(true)}
        >
          <Icon name="remove_person" />
        </button>
      )}
      {raising && (
        <Dialog title={t("details.owner_sure", { name })} onClose={() => setRaising(false)}>
          <p className="soft">{t("details.owner_why")}</p>
          <div className="actions">
            <button type="button" className="button danger" onClick={() => change("owner")}>
              {t("details.owner_now")}
            </button>
            <button type="button" className="button primary" onClick={() => setRaising(false)}>
              {t("app.cancel")}
            </button>
          </div>
        </Dialog>
      )}
      {removing && (
        <Dialog title={t("details.remove_sure", { name })} onClose={() => setRemoving(false)}>
          <p className="soft">{t("details.remove_why")}</p>
          <div className="actions">
            <button type="button" className="button danger" onClick={remove}>
              {t("details.remove_now")}
            </button>
            <button type="button" className="button primary" onClick={() => setRemoving(false)}>
              {t("app.cancel")}
            </button>
          </div>
        </Dialog>
      )}
    </li>
  );
}
