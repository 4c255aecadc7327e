/** The star of a room: with it the room stands at the top of the list. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { setMine } from "@/lib/chat/mine";
import { explain, useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { toasts } from "@/lib/toasts";
import styles from "./room-page.module.css";

export function FavouriteButton({ room, name }: { room: Room; name: string }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const toggle = async () => {
    setFailure(null);
    try {
      await setMine(room.id, { favourite: !room.favourite });
      if (!room.favourite) return;
      const undo = () => setMine(room.id, { favourite: true });
      toasts.show({ text: t("toast.favourite", { room: name }), undo });
    } catch (error) {
      setFailure(explain(error));
    }
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
