/** The rules of a password, each ticked off as one types. What only the server knows it says after. */
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";
import styles from "./sign-in-page.module.css";

export const SHORTEST_PASSWORD = 8;

export function PasswordRules({ password, username }: { password: string; username: string }) {
  const t = useT();
  return (
    <ul className={styles.rules}>
      <Rule is_met={isLong(password)} text={t("account.rule_length", { count: SHORTEST_PASSWORD })} />
      <Rule is_met={password !== "" && !isLikeName(password, username)} text={t("account.rule_name")} />
    </ul>
  );
}

function Rule({ is_met, text }: { is_met: boolean; text: string }) {
  const t = useT();
  return (
    <li className={is_met ? styles.met : styles.unmet}>
      <Icon name={is_met ? "check" : "close"} small />
      <span className="only-read-out">{t(is_met ? "account.rule_met" : "account.rule_unmet")}</span> {text}
    </li>
  );
}

/** The server counts characters, and JavaScript the halves of some. */
export function isLong(password: string): boolean {
  return [...password].length >= SHORTEST_PASSWORD;
}

/** Tell whether there is not enough of the password but the name, or the name backwards. */
export function isLikeName(password: string, username: string): boolean {
  const [text, name] = [password.toLowerCase(), username.trim().toLowerCase()];
  if (!name || !text) return false;
  const backwards = [...name].reverse().join("");
  return name.includes(text) || [name, backwards].some((one) => text.includes(one) && !isLong(text.replace(one, "")));
}
