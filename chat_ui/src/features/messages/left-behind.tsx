/** What was written under a message that is gone: its field is gone too, so the room's field takes it. */
import { useState } from "react";
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";
import { oneLine } from "@/lib/one-line";
import { navigate, roomPath } from "@/lib/router";
import { isRoomCovered } from "./beside";
import { loadAll } from "./drafts";
import { moveDraft } from "./taking-back";
import styles from "./thread.module.css";

export function LeftBehind({ me, room_id, root_id }: { me: string; room_id: string; root_id: string }) {
  const t = useT();
  const [{ text }, setLeft] = useState(() => loadAll(me, root_id));
  if (!text) return null;
  const move = () => {
    moveDraft(me, { from: root_id, to: room_id });
    setLeft({ text: "", picked: {} });
    if (isRoomCovered(room_id)) navigate(roomPath(room_id));
  };
  return (
    <div className={styles.left}>
      <p className="ellipsis">{oneLine(text)}</p>
      <button type="button" className="button small" onClick={move}>
        <Icon name="edit" small /> {t("threads.write_in_room")}
      </button>
    </div>
  );
}
