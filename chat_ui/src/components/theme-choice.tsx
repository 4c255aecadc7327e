/** Chooses light or dark from a corner of the page, where there is no room for more. */
import { setTheme, THEMES, useTheme } from "@/lib/appearance";
import { useT } from "@/lib/i18n";
import { Choice } from "./choice";

export function ThemeChoice() {
  const t = useT();
  const options = THEMES.map((theme) => ({ value: theme, label: t(`account.theme_${theme}_alone`) }));
  return <Choice label={t("account.theme")} value={useTheme()} options={options} onChoose={setTheme} icon="theme" />;
}
