/** What the keyboard does. */
import { useT } from "@/lib/i18n";
import { setSingleKeys, useSingleKeys } from "@/lib/single-keys";
import { Section, Switch } from "./section";

export function KeysSection() {
  const t = useT();
  return (
    <Section title={t("preferences.keys")}>
      <Switch
        label={t("preferences.single_keys")}
        about={t("preferences.single_keys_about")}
        on={useSingleKeys()}
        onChange={setSingleKeys}
      />
    </Section>
  );
}
