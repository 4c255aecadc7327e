/** What only owners decide of a room: who sees it and how much of it, how long it is kept, and whether it is over. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Choice } from "@/components/choice";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Icon } from "@/components/icon";
import { ApiError } from "@/lib/api";
import { changeRoom } from "@/lib/chat/membership";
import { explain, useT } from "@/lib/i18n";
import type { Room, UpdateRoom } from "@/lib/protocol";
import { toasts } from "@/lib/toasts";
import styles from "./details.module.css";

const DAYS = ["30", "90", "365"];

export function RoomSettings({ room, name }: { room: Room; name: string }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const [archiving, setArchiving] = useState(false);
  const change = (changes: Omit<UpdateRoom, "room_id">) => {
    setFailure(null);
    changeRoom(room.id, changes).catch((error) => {
      const taken = error instanceof ApiError && error.body.code === "conflict" && error.body.room_id;
      setFailure(taken ? t("rooms.name_taken", { name: room.name ?? "" }) : explain(error));
    });
  };
  const archive = async () => {
    await changeRoom(room.id, { archived: true });
    const undo = () => changeRoom(room.id, { archived: false });
    toasts.show({ text: t("toast.archived", { room: name }), undo });
  };
  const kept = room.retention_days === null ? "all" : String(room.retention_days);
  // A number that was set elsewhere is offered too.
  const days = [...new Set([...DAYS, kept])].filter((value) => value !== "all").sort((a, b) => Number(a) - Number(b));
  return (
    <section className={styles.settings}>
      <h3>{t("details.settings")}</h3>
      <Alert>{failure}</Alert>
      {!room.archived && (
        <>
          {room.kind === "channel" && (
            <Choice
              label={t("details.visible")}
              value={room.private ? "private" : "public"}
              options={[
                { value: "public", label: t("details.visible_public") },
                { value: "private", label: t("details.visible_private") },
              ]}
              onChoose={(value) => change({ private: value === "private" })}
            />
          )}
          <Choice
            label={t("details.history")}
            value={room.history}
            options={[
              { value: "all", label: t("details.history_all") },
              { value: "joined", label: t("details.history_joined") },
            ]}
            onChoose={(history) => change({ history })}
          />
          <Choice
            label={t("details.retention")}
            value={kept}
            options={[
              { value: "all", label: t("details.retention_all") },
              ...days.map((value) => ({ value, label: t("details.retention_days", { count: Number(value) }) })),
            ]}
            onChoose={(value) => change({ retention_days: value === "all" ? null : Number(value) })}
          />
        </>
      )}
      <button
        type="button"
        className={room.archived ? "button" : "button danger"}
        onClick={() => (room.archived ? change({ archived: false }) : setArchiving(true))}
      >
        <Icon name="archived" small /> {t(room.archived ? "details.unarchive" : "details.archive")}
      </button>
      {archiving && (
        <ConfirmDialog
          title={t("details.archive_sure", { name })}
          act={t("details.archive")}
          onAct={archive}
          onClose={() => setArchiving(false)}
        >
          <p className="soft">{t("details.archive_why")}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
