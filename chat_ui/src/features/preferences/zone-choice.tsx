/** Where the person is: the times of the page are shown as the clocks there show them. */
import { useId, useState } from "react";
import { Alert } from "@/components/alert";
import { Select } from "@/components/select";
import { explain, useT, useTimeZone } from "@/lib/i18n";
import { clockTime } from "@/lib/i18n/time-words";
import { chooseTimeZone } from "@/lib/my-time-zone";
import styles from "./preferences.module.css";

const DEVICE = "";

export function ZoneChoice() {
  const t = useT();
  const id = useId();
  const chosen = useTimeZone() ?? DEVICE;
  const [failure, setFailure] = useState<string | null>(null);
  const [zones] = useState(() => Intl.supportedValuesOf("timeZone"));
  const [device] = useState(() => new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const choose = async (zone: string) => {
    setFailure(null);
    try {
      await chooseTimeZone(zone || null);
    } catch (error) {
      setFailure(explain(error));
    }
  };
  const unlisted = chosen === DEVICE || zones.includes(chosen) ? [] : [chosen];
  const others = [...unlisted, ...zones].map((value) => ({ value, label: value.replaceAll("_", " ") }));
  return (
    <div className={styles.zone}>
      <div>
        <label htmlFor={id}>{t("preferences.zone")}</label>
        <p id={`${id}-now`}>{t("preferences.zone_now", { time: clockTime(new Date()) })}</p>
        <Alert>{failure}</Alert>
      </div>
      <Select
        id={id}
        value={chosen}
        options={[{ value: DEVICE, label: t("preferences.zone_device", { zone: device }) }, ...others]}
        aria-describedby={`${id}-now`}
        onChoose={(zone) => void choose(zone)}
      />
    </div>
  );
}
