/** What one is told of, on all of one's devices: quiet hours, keywords, which threads, and what pushes show. */
import { Alert } from "@/components/alert";
import { Segments } from "@/components/segments";
import { useT } from "@/lib/i18n";
import { useServerWishes } from "@/lib/notices/server-wishes";
import { KeywordList } from "./keyword-list";
import { QuietHours } from "./quiet-hours";
import { Section, Switch } from "./section";

export function WishesSection() {
  const t = useT();
  const { wishes, failure, change } = useServerWishes();
  const threads = (["mine", "all"] as const).map((value) => ({ value, label: t(`wishes.threads_${value}`) }));
  return (
    <>
      <Section title={t("wishes.title")}>
        {failure && <Alert>{failure}</Alert>}
        {!wishes && !failure && <p className="soft">{t("app.loading")}</p>}
        {wishes && (
          <Segments
            label={t("wishes.threads")}
            about={t("wishes.threads_about")}
            value={wishes.threads}
            options={threads}
            onChoose={(chosen) => void change({ threads: chosen })}
          />
        )}
        {wishes && <KeywordList keywords={wishes.keywords} onChange={(keywords) => change({ keywords })} />}
        {wishes && (
          <Switch
            label={t("wishes.push_text")}
            about={t("wishes.push_text_about")}
            on={wishes.push.text}
            onChange={(text) => void change({ push: { text } })}
          />
        )}
      </Section>
      {wishes && (
        <Section title={t("wishes.quiet_title")}>
          <QuietHours quiet={wishes.quiet} onChange={(quiet) => void change({ quiet })} />
        </Section>
      )}
    </>
  );
}
