/** What this browser does when somebody calls: on the desktop or not, with a sound, with the text. */
import { useEffect } from "react";
import { Alert } from "@/components/alert";
import { useT } from "@/lib/i18n";
import { followWishes, isOn, turnOn, useWishes, wish } from "@/lib/notices/wishes";
import { Section, Switch } from "./section";

export function NoticesSection() {
  const t = useT();
  const wishes = useWishes();
  const { allowed, sound, text } = wishes;
  const on = isOn(wishes);
  // What was changed in the browser's own settings shows here too.
  useEffect(() => followWishes(), []);
  return (
    <Section title={t("preferences.notices")}>
      {allowed === "unsupported" && <p className="soft">{t("desktop.unsupported")}</p>}
      {allowed === "denied" && <Alert>{t("desktop.denied")}</Alert>}
      {(allowed === "ask" || allowed === "granted") && (
        <Switch
          label={t("desktop.on")}
          about={t("desktop.on_about")}
          on={on}
          onChange={(wanted) => void (wanted ? turnOn() : wish("on", false))}
        />
      )}
      {on && (
        <>
          <Switch label={t("desktop.text")} on={text} onChange={(wanted) => wish("text", wanted)} />
          <Switch label={t("desktop.sound")} on={sound} onChange={(wanted) => wish("sound", wanted)} />
        </>
      )}
    </Section>
  );
}
