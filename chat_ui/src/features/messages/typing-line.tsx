/** Says below the field who else is typing. */
import { useTypists } from "@/lib/chat/typing";
import { type Translate, useT } from "@/lib/i18n";
import { useUserName } from "@/lib/names";
import styles from "./composer.module.css";

/** They stand for the names until the sentence is taken apart. */
const [FIRST, SECOND] = ["\uE000", "\uE001"];

export function TypingLine({ room_id, me }: { room_id: string; me: string }) {
  const t = useT();
  const typists = useTypists(room_id).filter((id) => id !== me);
  const first = useUserName(typists[0] ?? me);
  const second = useUserName(typists[1] ?? me);
  return (
    <p className={styles.typing} data-typing>
      {typists.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          <span className="ellipsis">
            {sentence(typists.length, t)
              .split(/([\uE000\uE001])/)
              .map((part) =>
                part === FIRST || part === SECOND ? <b key={part}>{part === FIRST ? first : second}</b> : part,
              )}
          </span>
        </>
      )}
    </p>
  );
}

function sentence(count: number, t: Translate): string {
  if (count > 2) return t("people.typing_several");
  return count === 2
    ? t("people.typing_two", { name: FIRST, other: SECOND })
    : t("people.typing_alone", { name: FIRST });
}
