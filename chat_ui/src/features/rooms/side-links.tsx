/** The ways above the rooms that lead to something else than a room. */
import { memo } from "react";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { useThreadsWithNews } from "@/lib/chat/thread-news";
import { useT } from "@/lib/i18n";
import { useSteps, useWelcome } from "@/lib/welcome";
import styles from "./room-list.module.css";
import { capped } from "./room-row";

export const SideLinks = memo(function SideLinks({ page }: { page: string }) {
  const t = useT();
  const is_new = useWelcome(({ is_open }) => is_open);
  const news = useThreadsWithNews();
  return (
    <>
      {is_new && <FirstSteps is_shown={page === "welcome"} />}
      <Link
        to="/threads"
        className={news > 0 ? `${styles.browse} ${styles.unread}` : styles.browse}
        aria-current={page === "threads" ? "page" : undefined}
      >
        <span className={styles.sign}>
          <Icon name="thread" />
        </span>
        <span className="ellipsis">{t("inbox.threads")}</span>
        {news > 0 && (
          <span className={`${styles.count} ${styles.waits}`}>
            <span aria-hidden="true">{capped(news)}</span>
            <span className="only-read-out">{t("threads.with_news", { count: news })}</span>
          </span>
        )}
      </Link>
    </>
  );
});

function FirstSteps({ is_shown }: { is_shown: boolean }) {
  const t = useT();
  const steps = Object.values(useSteps());
  const done = steps.filter(Boolean).length;
  return (
    <Link to="/welcome" className={styles.browse} aria-current={is_shown ? "page" : undefined}>
      <span className={styles.sign}>
        <Icon name="hand" />
      </span>
      <span className="ellipsis">{t("welcome.started")}</span>
      <span className={styles.count}>{t("welcome.count", { done, count: steps.length })}</span>
    </Link>
  );
}
