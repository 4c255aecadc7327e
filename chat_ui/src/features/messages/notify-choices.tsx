/** How much of this room calls the person, and for how long it is to be quiet. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import type { IconName } from "@/components/icon";
import { Menu, MenuChoices, MenuItem, MenuLine } from "@/components/menu";
import { endOfMute, HOURS_MUTED, type Level, MUTES, mutedUntil, setNotify } from "@/lib/chat/notify";
import { explain, useT } from "@/lib/i18n";
import { endName } from "@/lib/i18n/time-words";
import type { Room } from "@/lib/protocol";
import styles from "./room-page.module.css";

interface Props {
  room: Room;
  label: string;
  icon: IconName;
}

export default function NotifyChoices({ room, label, icon }: Props) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const level = room.notify?.level ?? "all";
  const until = mutedUntil(room);
  const set = (wanted: Level, until: Date | null) => {
    setFailure(null);
    setNotify(room.id, wanted, until).catch((error) => setFailure(explain(error)));
  };
  return (
    <>
      <Menu label={label} icon={icon}>
        <MenuChoices
          title={t("notify.title")}
          value={level}
          options={[
            { value: "all", label: t("notify.all") },
            { value: "mentions", label: t("notify.mentions") },
            { value: "none", label: t("notify.none"), about: t("notify.none_about") },
          ]}
          onChoose={(chosen) => set(chosen, null)}
        />
        <MenuLine />
        {until && (
          <MenuItem onChoose={() => set(level, null)}>
            {t("notify.unmute", { time: endName(until, new Date()) })}
          </MenuItem>
        )}
        {MUTES.map((mute) => (
          <MenuItem key={mute} onChoose={() => set(level, endOfMute(mute, new Date()))}>
            {t(`notify.${mute}`, { count: HOURS_MUTED })}
          </MenuItem>
        ))}
      </Menu>
      {failure && (
        <div className={styles.head_failure}>
          <Alert>{failure}</Alert>
        </div>
      )}
    </>
  );
}
