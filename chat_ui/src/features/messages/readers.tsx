/** The faces of those who have read up to a message. */
import { Avatar } from "@/components/avatar";
import { useT } from "@/lib/i18n";
import { userName, useUser } from "@/lib/names";
import { usePeople } from "@/lib/people";
import styles from "./message.module.css";

const FACES = 4;
const NAMED = 10;

/** `ids` are their ids with a comma between them, so that the same people are the same text. */
export function Readers({ ids }: { ids: string }) {
  const t = useT();
  const readers = ids.split(",");
  const names = usePeople(({ users }) =>
    readers
      .slice(0, NAMED)
      .map((id) => (users[id] ? userName(users[id]) : "…"))
      .join(", "),
  );
  const beyond = readers.length - NAMED;
  const label = beyond > 0 ? t("people.read_by_more", { names, count: beyond }) : t("people.read_by", { names });
  return (
    <span className={styles.readers} role="img" aria-label={label} title={label}>
      <span className={styles.reader_faces}>
        {readers.slice(0, FACES).map((id) => (
          <Reader key={id} id={id} />
        ))}
      </span>
      {readers.length > FACES && <span>+{readers.length - FACES}</span>}
    </span>
  );
}

function Reader({ id }: { id: string }) {
  return <Avatar id={id} user={useUser(id)} size="tiny" />;
}
