/** One member of a room: who it is, the role, and, for who may, changing it or taking them out. */
import { useId, useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { MenuButton } from "@/components/menu-button";
import { PersonButton } from "@/components/person-button";
import { PersonFace } from "@/components/person-face";
import { Select } from "@/components/select";
import { banMember, changeRole, isBelow, mayModerate, type Role, removeMember } from "@/lib/chat/membership";
import { useAppearance } from "@/lib/chat/presence";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { lazily } from "@/lib/lazily";
import { userName, useUser } from "@/lib/names";
import { usePresenceWords } from "@/lib/presence-words";
import type { ListedMember, Room } from "@/lib/protocol";
import styles from "./details.module.css";

const MemberMenu = lazily(() => import("./member-menu"));

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
  const [removing, setRemoving] = useState<"kick" | "ban" | null>(null);
  const appearance = useAppearance(user_id);
  const words = usePresenceWords(appearance);
  const seen = appearance?.last_seen ? words : "";
  const name = user ? userName(user) : "…";
  const may_change = mayModerate(room) && !is_me && (room.role === "owner" || isBelow(role, room.role));
  const may_remove = mayModerate(room) && !is_me && isBelow(role, room.role);
  const offered: Role[] = room.role === "owner" ? ["owner", "moderator", "member", "reader"] : ["member", "reader"];
  const more = t("details.more_for", { name });
  const [raising, setRaising] = useState(false);
  const change = (chosen: Role) => {
    onFailure(null);
    // An owner cannot be unmade by another one's mistake alone.
    if (chosen === "owner") setRaising(true);
    else changeRole(room.id, user_id, chosen).catch((error) => onFailure(explain(error)));
  };
  return (
    <li className={styles.member}>
      <PersonFace id={user_id} user={user} />
      <span className={styles.names}>
        <span className="ellipsis">
          <PersonButton id={user_id}>{name}</PersonButton> {is_me && <span className="soft">{t("rooms.you")}</span>}
        </span>
        <span className="soft ellipsis">
          {user && `@${user.username}`}
          {seen && `, ${seen}`}
        </span>
      </span>
      {may_change ? (
        <>
          <label className="only-read-out" htmlFor={id}>
            {t("details.role_of", { name })}
          </label>
          <Select
            id={id}
            look="quiet"
            value={role}
            options={offered.map((value) => ({ value, label: t(`details.role_${value}`) }))}
            onChoose={change}
          />
        </>
      ) : (
        <span className={styles.role}>{t(`details.role_${role}`)}</span>
      )}
      {may_remove && (
        <MenuButton
          label={more}
          icon="more"
          menu={
            <MemberMenu
              room_id={room.id}
              user_id={user_id}
              label={more}
              onRemove={() => setRemoving("kick")}
              onBan={() => setRemoving("ban")}
              onFailure={(error) => onFailure(explain(error))}
            />
          }
        />
      )}
      {raising && (
        <ConfirmDialog
          title={t("details.owner_sure", { name })}
          act={t("details.owner_now")}
          onAct={() => changeRole(room.id, user_id, "owner")}
          onClose={() => setRaising(false)}
        >
          <p className="soft">{t("details.owner_why")}</p>
        </ConfirmDialog>
      )}
      {removing && (
        <ConfirmDialog
          title={t(removing === "ban" ? "details.ban_sure" : "details.remove_sure", { name })}
          act={t(removing === "ban" ? "details.ban" : "details.remove_now")}
          onAct={() => (removing === "ban" ? banMember : removeMember)(room.id, user_id)}
          onClose={() => setRemoving(null)}
        >
          <p className="soft">{t(removing === "ban" ? "details.ban_why" : "details.remove_why")}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}
