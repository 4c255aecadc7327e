/** How the page looks: light or dark, roomy or compact. */
import { DensityChoice, ThemeChoice } from "@/components/appearance-choices";
import { useT } from "@/lib/i18n";
import { Section } from "./section";

export function LookSection() {
  const t = useT();
  return (
    <Section title={t("preferences.look")}>
      <ThemeChoice />
      <DensityChoice />
    </Section>
  );
}
