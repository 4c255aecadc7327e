/** Who somebody is: the name, whether they are there, what they say of themselves, and the ways to reach them. */
import { Popover } from "@base-ui/react/popover";
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { PersonFace } from "@/components/person-face";
import { useAppearance } from "@/lib/chat/presence";
import { openDirect } from "@/lib/chat/rooms";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { momentName } from "@/lib/i18n/time-words";
import { userName, useUser } from "@/lib/names";
import { usePresenceWords } from "@/lib/presence-words";
import { closeProfile, type ProfileRequest } from "@/lib/profile-request";
import type { User } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { useStatus } from "@/lib/status";
import { typeInto } from "@/lib/type-into";
import styles from "./profile-card.module.css";

export default function ProfileCard({ request: { user_id, beside } }: { request: ProfileRequest }) {
  const t = useT();
  const user = useUser(user_id);
  return (
    <Popover.Root open onOpenChange={(open) => !open && closeProfile()}>
      <Popover.Portal>
        <Popover.Positioner anchor={beside} side="right" align="start" sideOffset={8} className={styles.place}>
          <Popover.Popup
            className={styles.card}
            aria-label={user ? userName(user) : t("app.loading")}
            finalFocus={() => (beside.isConnected ? beside : null)}
          >
            {user ? <Card user={user} /> : <p className={styles.body}>{t("app.loading")}</p>}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Card({ user }: { user: User }) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const appearance = useAppearance(user.id);
  const words = usePresenceWords(appearance);
  const status = useStatus(user);
  const title = user.title ? `, ${user.title}` : "";
  return (
    <>
      <div className={styles.waves} aria-hidden="true" />
      <div className={styles.body}>
        <span className={styles.face}>
          <PersonFace id={user.id} user={user} size="huge" />
        </span>
        <h2>
          <span className="ellipsis">{userName(user)}</span>
          {user.bot && <span className={styles.tag}>{t("messages.bot")}</span>}
          {(user.role === "owner" || user.role === "admin") && (
            <span className={styles.tag}>{t(`people.role_${user.role}`)}</span>
          )}
        </h2>
        <p className={styles.about}>{`@${user.username}${title}`}</p>
        {status && (
          <p className={styles.status}>
            {status.emoji && <span>{status.emoji}</span>}
            <span>{status.text}</span>
            {status.until && (
              <span className={styles.until}>
                {t("people.until", { time: momentName(new Date(status.until), new Date()) })}
              </span>
            )}
          </p>
        )}
        {appearance && (
          <p className={styles.line}>
            <Icon name="clock" small /> {words}
          </p>
        )}
        {user.deactivated && <p className={styles.line}>{t("people.deactivated")}</p>}
        {user.id !== me && !user.deactivated && <Ways user={user} />}
      </div>
    </>
  );
}

/** To write to them alone, or to name them where one writes. */
function Ways({ user }: { user: User }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const field = document.querySelector<HTMLTextAreaElement>("textarea#composer");
  const write = async () => {
    setFailure(null);
    try {
      const room_id = await openDirect(user.id);
      closeProfile();
      navigate(roomPath(room_id));
    } catch (error) {
      setFailure(explain(error));
    }
  };
  const mention = () => {
    if (!field) return;
    closeProfile();
    const { selectionStart: start, selectionEnd: end, value } = field;
    const insert = `${/\S$/.test(value.slice(0, start)) ? " " : ""}@${user.username} `;
    const after = start + insert.length;
    // The card gives its focus back first.
    setTimeout(() => typeInto(field, { start, end, insert, select: [after, after] }));
  };
  return (
    <>
      <Alert>{failure}</Alert>
      <div className={styles.ways}>
        <button type="button" className="button primary" onClick={write}>
          <Icon name="home" small /> {t("people.write")}
        </button>
        {field && (
          <button
            type="button"
            className="button"
            aria-label={t("people.mention")}
            title={t("people.mention")}
            onClick={mention}
          >
            <Icon name="at" small />
          </button>
        )}
      </div>
    </>
  );
}
