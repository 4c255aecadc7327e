/** One's keywords, to be added and taken away one by one. */
import { type FormEvent, useState } from "react";
import { Field } from "@/components/field";
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";
import styles from "./wishes.module.css";

const LONGEST = 64;
const KEYWORDS_AT_MOST = 30;
const WORDS_AT_MOST = 4;

interface Props {
  keywords: string[];
  /** True once they are kept. */
  onChange: (keywords: string[]) => Promise<boolean>;
}

export function KeywordList({ keywords, onChange }: Props) {
  const t = useT();
  const [text, setText] = useState("");
  const [is_wrong, setWrong] = useState(false);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const keyword = text.normalize("NFC").trim();
    const words = keyword.match(/[\p{L}\p{N}_]+/gu) ?? [];
    setWrong(words.length === 0 || words.length > WORDS_AT_MOST);
    if (words.length === 0 || words.length > WORDS_AT_MOST) return;
    // What was typed meanwhile is the next one.
    if (await onChange([...keywords, keyword])) setText((now) => (now === text ? "" : now));
  };
  return (
    <div className={styles.keywords}>
      {keywords.length > 0 && (
        <ul aria-label={t("wishes.keywords")}>
          {keywords.map((keyword) => (
            <li key={keyword}>
              {keyword}
              <button
                type="button"
                className="icon-button"
                aria-label={t("wishes.remove", { keyword })}
                onClick={() => void onChange(keywords.filter((one) => one !== keyword))}
              >
                <Icon name="close" small />
              </button>
            </li>
          ))}
        </ul>
      )}
      {keywords.length < KEYWORDS_AT_MOST && (
        <form onSubmit={add} noValidate>
          <Field
            label={t("wishes.keywords")}
            hint={t("wishes.keywords_about")}
            error={is_wrong ? t("wishes.wordless") : null}
            value={text}
            maxLength={LONGEST}
            autoComplete="off"
            onChange={({ target }) => setText(target.value)}
            beside={
              <button type="submit" className="button small">
                {t("wishes.add")}
              </button>
            }
          />
        </form>
      )}
    </div>
  );
}
