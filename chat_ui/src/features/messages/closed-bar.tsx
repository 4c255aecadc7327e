/** Stands in the place of the composer where one may not write: it says why, until when, and what to do about it. */
import { useState } from "react";
import { Icon, type IconName } from "@/components/icon";
import { changeRoom, mayGovern } from "@/lib/chat/membership";
import type { Closed } from "@/lib/chat/writing";
import { explain, type Translate, useT } from "@/lib/i18n";
import { endName } from "@/lib/i18n/time-words";
import type { Room } from "@/lib/protocol";
import styles from "./closed-bar.module.css";

const ICONS: Record<Closed["because"], IconName> = { archived: "archived", reader: "show", muted: "clock" };

interface Props {
  closed: Closed;
  room: Room;
  /** Whether it stands in the panel of a thread. */
  in_thread?: boolean;
}

export function ClosedBar({ closed, room, in_thread = false }: Props) {
  const t = useT();
  return (
    <div className={`${styles.bar} ${in_thread ? styles.of_thread : styles.of_room}`}>
      <Icon name={ICONS[closed.because]} />
      <p role="status">{wordsOf(closed, t)}</p>
      {closed.because === "archived" && mayGovern(room) && <Reopen room={room} />}
    </div>
  );
}

function Reopen({ room }: { room: Room }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const reopen = () => {
    setFailure(null);
    changeRoom(room.id, { archived: false }).catch((error) => setFailure(explain(error)));
  };
  return (
    <>
      {failure && (
        <span role="alert" className={styles.failure}>
          {failure}
        </span>
      )}
      <button type="button" className="button small" onClick={reopen}>
        {t("details.unarchive")}
      </button>
    </>
  );
}

function wordsOf(closed: Closed, t: Translate): string {
  if (closed.because !== "muted") return t(`messages.${closed.because}`);
  return closed.until ? t("messages.muted_until", { time: endName(closed.until, new Date()) }) : t("messages.muted");
}
