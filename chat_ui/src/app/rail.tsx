/** The rail: where one is in the product, and who one is. On a phone it is the bar at the bottom of the home. */
import { Icon, type IconName } from "@/components/icon";
import { Link } from "@/components/link";
import { AccountButton } from "@/features/accounts/account-button";
import { NoticeSettings } from "@/features/notices/notice-settings";
import { useT } from "@/lib/i18n";
import type { User } from "@/lib/protocol";
import styles from "./rail.module.css";

export function Rail({ user, page }: { user: User; page: string }) {
  const t = useT();
  return (
    <nav className={styles.rail} aria-label={t("app.rail")}>
      <img className={styles.logo} src="/favicon.svg" alt="ChatFlow" width="36" height="36" />
      <RailLink to="/" icon="home" label={t("app.home")} current={page !== "directory"} />
      <RailLink to="/directory" icon="compass" label={t("app.directory")} current={page === "directory"} />
      <div className={styles.foot}>
        <AccountButton user={user} settings={<NoticeSettings />} />
      </div>
    </nav>
  );
}

interface LinkProps {
  to: string;
  icon: IconName;
  label: string;
  current: boolean;
}

function RailLink({ to, icon, label, current }: LinkProps) {
  return (
    <Link to={to} className={styles.link} aria-current={current ? "true" : undefined}>
      <Icon name={icon} />
      {label}
    </Link>
  );
}
