/** Chooses how the page looks in this browser. */
import { DENSITIES, setDensity, setTheme, THEMES, useDensity, useTheme } from "@/lib/appearance";
import { useT } from "@/lib/i18n";
import { Choice } from "./choice";

export function ThemeChoice() {
  const t = useT();
  const options = THEMES.map((theme) => ({ value: theme, label: t(`account.theme_${theme}`) }));
  return <Choice label={t("account.theme")} value={useTheme()} options={options} onChoose={setTheme} />;
}

export function DensityChoice() {
  const t = useT();
  const options = DENSITIES.map((density) => ({ value: density, label: t(`account.density_${density}`) }));
  return <Choice label={t("account.density")} value={useDensity()} options={options} onChoose={setDensity} />;
}
