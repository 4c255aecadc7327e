/** How the page looks: its theme, its density, the size of its text, and whether things move. */
import { Segments } from "@/components/segments";
import {
  DENSITIES,
  setDensity,
  setReducedMotion,
  setTextSize,
  setTheme,
  TEXT_SIZES,
  THEMES,
  type Theme,
  useDensity,
  useReducedMotion,
  useTextSize,
  useTheme,
} from "@/lib/appearance";
import { useT } from "@/lib/i18n";
import styles from "./preferences.module.css";
import { Section, Switch } from "./section";

// The one that follows the machine stands last, as the one that is not seen beforehand.
const SHOWN = [...THEMES.filter((theme) => theme !== "system"), "system"] as const;
const SIZES = TEXT_SIZES.toSorted((one, other) => Number(one) - Number(other));

export function LookSection() {
  const t = useT();
  const theme = useTheme();
  return (
    <Section
      title={t("preferences.look")}
      above={
        <fieldset className={styles.themes}>
          <legend className="only-read-out">{t("account.theme")}</legend>
          {SHOWN.map((one) => (
            <label key={one}>
              <Miniature theme={one} />
              <input type="radio" name="theme" checked={one === theme} onChange={() => setTheme(one)} />
              {t(`account.theme_${one}`)}
            </label>
          ))}
        </fieldset>
      }
    >
      <Segments
        label={t("account.density")}
        about={t("account.density_about")}
        value={useDensity()}
        options={DENSITIES.map((value) => ({ value, label: t(`account.density_${value}`) }))}
        onChoose={setDensity}
      />
      <Segments
        label={t("preferences.text_size")}
        value={useTextSize()}
        options={SIZES.map((value) => ({ value, label: `${value} %` }))}
        onChoose={setTextSize}
      />
      <Switch
        label={t("preferences.motion")}
        about={t("preferences.motion_about")}
        on={useReducedMotion()}
        onChange={setReducedMotion}
      />
    </Section>
  );
}

/** The page in small: rail, rooms, and a conversation with its field. */
function Miniature({ theme }: { theme: Theme }) {
  return (
    <span className={styles.miniature} data-theme={theme === "dark" ? "dark" : "light"} aria-hidden="true">
      <span className={styles.mini_rail} />
      <span className={styles.mini_side}>
        <i />
        <i />
        <i />
      </span>
      <span className={styles.mini_main} data-theme={theme === "light" ? "light" : "dark"}>
        <i />
        <i />
        <i />
        <b />
      </span>
    </span>
  );
}
