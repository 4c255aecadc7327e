/** The star of a room: with it the room stands at the top of the list. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { setMine } from "@/lib/chat/mine";
import { explain, useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import styles from "./room-page.module.css";

export function FavouriteButton({ room }: { room: Room }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const toggle = () => {
    setFailure(null);
    setMine(room.id, { favourite: !room.favourite }).catch((error) => setFailure(explain(error)));
  };
  return (
    <>
      <button
        type="button"
        className={`icon-button ${styles.star}`}
        aria-pressed={room.favourite ?? false}
        aria-label={t("rooms.favourite")}
        title={t("rooms.favourite")}
        onClick={toggle}
      >
        <Icon name="star" />
      </button>
      {failure && (
        <div className={styles.head_failure}>
          <Alert>{failure}</Alert>
        </div>
      )}
    </>
  );
}
