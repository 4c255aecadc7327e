/** What one sets for oneself, a part at a time; whatever is changed holds at once. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "@/components/icon";
import { Link } from "@/components/link";
import { Seal } from "@/components/seal";
import { useT } from "@/lib/i18n";
import type { User } from "@/lib/protocol";
import { type Setting, settingsPath } from "@/lib/router";
import { EmailSection } from "./email-section";
import { KeysSection } from "./keys-section";
import { LanguageSection } from "./language-section";
import { LookSection } from "./look-section";
import { MailsSection } from "./mails-section";
import { NoticesSection } from "./notices-section";
import styles from "./preferences.module.css";
import { ProfileSection } from "./profile-section";
import { PushSection } from "./push-section";
import { WishesSection } from "./wishes-section";

const ICONS: Record<Setting, IconName> = {
  profile: "person",
  look: "palette",
  language: "language",
  notices: "bell",
  keys: "keyboard",
};
const YOURS: Setting[] = ["profile", "look", "language", "notices"];
const EXTRAS: Setting[] = ["keys"];

interface Props {
  /** On a phone nothing is chosen at first, and the list of the parts is the page. */
  part: Setting | null;
  user: User;
  /** What one says of oneself for now. */
  status: ReactNode;
  /** What is said about the connection. */
  bar: ReactNode;
}

export default function PreferencesPage({ part, user, status, bar }: Props) {
  const t = useT();
  const shown = part ?? "profile";
  return (
    <main className={styles.page} id="main">
      <nav className={part ? `${styles.parts} ${styles.on_wide}` : styles.parts} aria-labelledby="settings">
        <header className={styles.head}>
          <Link to="/" className="icon-button" aria-label={t("app.back")} title={t("app.back")}>
            <Icon name="leave_page" />
          </Link>
          <h1 id="settings">{t("preferences.title")}</h1>
        </header>
        <div className={styles.lists}>
          <Parts title={t("preferences.you")} parts={YOURS} shown={shown} />
          <Parts title={t("preferences.extras")} parts={EXTRAS} shown={shown} />
        </div>
        <p className={styles.saved}>
          <Seal state="disk" /> {t("preferences.saved")}
        </p>
      </nav>
      <div className={part ? styles.part : `${styles.part} ${styles.on_wide}`}>
        {bar}
        <div className={styles.scroll}>
          <div className={styles.content}>
            <Link to={settingsPath()} className={`icon-button ${styles.back}`} aria-label={t("preferences.title")}>
              <Icon name="back" />
            </Link>
            {shown === "profile" && (
              <>
                <ProfileSection user={user}>{status}</ProfileSection>
                <EmailSection />
              </>
            )}
            {shown === "look" && <LookSection />}
            {shown === "language" && <LanguageSection />}
            {shown === "notices" && (
              <>
                <NoticesSection />
                <PushSection me={user.id} />
                <WishesSection />
                <MailsSection />
              </>
            )}
            {shown === "keys" && <KeysSection />}
          </div>
        </div>
      </div>
    </main>
  );
}

function Parts({ title, parts, shown }: { title: string; parts: Setting[]; shown: Setting }) {
  const t = useT();
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {parts.map((part) => (
          <li key={part}>
            <Link to={settingsPath(part)} aria-current={part === shown ? "page" : undefined}>
              <Icon name={ICONS[part]} /> {t(`preferences.${part}`)}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
