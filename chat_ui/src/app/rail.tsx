/** The rail: where one is in the product, and who one is. On a phone it is the tabs at the bottom. */
import { memo } from "react";
import { Icon, type IconName } from "@/components/icon";
import { Link } from "@/components/link";
import { AccountButton } from "@/features/accounts/account-button";
import { useCalls, useDirectCalls } from "@/lib/chat/call-counts";
import { useT } from "@/lib/i18n";
import { PHONE, useMedia } from "@/lib/media";
import type { User } from "@/lib/protocol";
import styles from "./rail.module.css";

/** Going from room to room draws nothing of it. */
export const Rail = memo(function Rail({ user, page }: { user: User; page: string }) {
  const t = useT();
  const is_phone = useMedia(PHONE);
  const inbox = { to: "/inbox", icon: "inbox", label: t("inbox.title"), current: page === "inbox" } as const;
  const calls = useCalls();
  const direct_calls = useDirectCalls();
  return (
    <nav className={styles.rail} aria-label={t("app.rail")}>
      {is_phone ? (
        <>
          <RailLink
            to="/"
            icon="house"
            label={t("app.home")}
            current={!["directs", "inbox", "settings"].includes(page)}
          />
          <RailLink
            to="/directs"
            icon="home"
            label={t("app.directs")}
            current={page === "directs"}
            calls={direct_calls}
          />
          <RailLink {...inbox} calls={calls} />
        </>
      ) : (
        <>
          <img className={styles.logo} src="/favicon.svg" alt="ChatFlow" width="36" height="36" />
          <RailLink
            to="/"
            icon="home"
            label={t("app.home")}
            current={!["directory", "inbox", "settings"].includes(page)}
          />
          <RailLink {...inbox} calls={calls} />
          <RailLink to="/directory" icon="compass" label={t("app.directory")} current={page === "directory"} />
          <div className={styles.foot}>
            <AccountButton user={user} />
          </div>
        </>
      )}
    </nav>
  );
});

interface LinkProps {
  to: string;
  icon: IconName;
  label: string;
  current: boolean;
  /** How many messages behind it call the person. */
  calls?: number;
}

const HIGHEST_COUNT = 99;

function RailLink({ to, icon, label, current, calls = 0 }: LinkProps) {
  const t = useT();
  return (
    <Link
      to={to}
      className={styles.link}
      aria-current={current ? "true" : undefined}
      aria-label={calls > 0 ? `${label}, ${t("inbox.calls", { count: calls })}` : undefined}
    >
      <Icon name={icon} />
      {label}
      {calls > 0 && (
        <span className={styles.calls} aria-hidden="true">
          {calls > HIGHEST_COUNT ? `${HIGHEST_COUNT}+` : calls}
        </span>
      )}
    </Link>
  );
}
