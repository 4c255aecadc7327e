/** Stands where the inbox will be while it loads; it appears late, so that it seldom does. */
import { useT } from "@/lib/i18n";
import skeleton from "../skeleton.module.css";

const ROWS = ["a", "b", "c", "d"];

export function InboxSkeleton() {
  const t = useT();
  return (
    <div className={skeleton.skeleton}>
      <span className="only-read-out">{t("app.loading")}</span>
      {ROWS.map((row) => (
        <div key={row} className={skeleton.row} aria-hidden="true">
          <span className={skeleton.face} />
          <span className={skeleton.lines}>
            <span className={skeleton.name} />
            <span className={skeleton.text} />
          </span>
        </div>
      ))}
    </div>
  );
}
