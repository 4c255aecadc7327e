/** How much of this room calls the person, and for how long it is to be quiet. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import type { IconName } from "@/components/icon";
import { Menu, MenuChoices, MenuItem, MenuLine } from "@/components/menu";
import { isMuted, type Level, setNotify } from "@/lib/chat/notify";
import { explain, useT } from "@/lib/i18n";
import { dayNumber, momentOf } from "@/lib/i18n/time-zone";
import { clockTime, dayName, isSameDay } from "@/lib/i18n/times";
import type { Room } from "@/lib/protocol";
import styles from "./room-page.module.css";

const HOUR = 3_600_000;

interface Props {
  room: Room;
  label: string;
  icon: IconName;
}

export default function NotifyChoices({ room, label, icon }: Props) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const level = room.notify?.level ?? "all";
  const muted_until = room.notify?.muted_until ? new Date(room.notify.muted_until) : null;
  const muted = isMuted(room);
  const set = (wanted: Level, until: Date | null) => {
    setFailure(null);
    setNotify(room.id, wanted, until).catch((error) => setFailure(explain(error)));
  };
  const until = muted && muted_until && level !== "none" ? muted_until : null;
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
            {t("notify.unmute", { time: isSameDay(until, new Date()) ? clockTime(until) : dayName(until, new Date()) })}
          </MenuItem>
        )}
        <MenuItem onChoose={() => set(level, new Date(Date.now() + HOUR))}>{t("notify.hour")}</MenuItem>
        <MenuItem onChoose={() => set(level, new Date(Date.now() + 8 * HOUR))}>
          {t("notify.hours", { count: 8 })}
        </MenuItem>
        <MenuItem onChoose={() => set(level, tomorrow())}>{t("notify.tomorrow")}</MenuItem>
      </Menu>
      {failure && (
        <div className={styles.head_failure}>
          <Alert>{failure}</Alert>
        </div>
      )}
    </>
  );
}

/** Tomorrow at eight in the morning, where the person is. */
function tomorrow(): Date {
  return momentOf(dayNumber(new Date()) + 1, 8);
}
