/** How much of the room calls the person, and until when it is quiet. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Choice } from "@/components/choice";
import { endOfMute, HOURS_MUTED, LEVELS, MUTES, mutedUntil, setNotify } from "@/lib/chat/notify";
import { explain, useT } from "@/lib/i18n";
import { endName } from "@/lib/i18n/time-words";
import type { Room } from "@/lib/protocol";

const MUTED = "muted";

export function NotifyChoice({ room }: { room: Room }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const level = room.notify?.level ?? "all";
  const until = mutedUntil(room);
  const levels = LEVELS.map((value) => ({ value, label: t(`notify.${value}`) }));
  const mutes = MUTES.map((value) => ({ value, label: t(`notify.${value}`, { count: HOURS_MUTED }) }));
  const muted = until && { value: MUTED, label: t("notify.muted_until", { time: endName(until, new Date()) }) };
  const choose = (chosen: string) => {
    const mute = MUTES.find((one) => one === chosen);
    const wanted = LEVELS.find((one) => one === chosen) ?? level;
    setFailure(null);
    if (chosen === MUTED) return;
    setNotify(room.id, wanted, mute ? endOfMute(mute, new Date()) : null).catch((error) => setFailure(explain(error)));
  };
  return (
    <>
      <Alert>{failure}</Alert>
      <Choice
        label={t("notify.title")}
        value={until ? MUTED : level}
        options={[...levels, ...(muted ? [muted] : []), ...mutes]}
        onChoose={choose}
      />
    </>
  );
}
