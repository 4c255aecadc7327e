/** What is pinned to a room, last pinned first; a press goes to the message. */
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { usePinned } from "@/lib/chat/pins";
import { useQuoted } from "@/lib/chat/quoted";
import { useT } from "@/lib/i18n";
import { sinceThen } from "@/lib/i18n/time-words";
import { userName, useUser } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import type { AnyMessage, Room } from "@/lib/protocol";
import { messagePath } from "@/lib/router";
import { mentionedIn, useNamedText } from "@/lib/use-named";
import styles from "./details.module.css";

// More is not read at once by anybody; the search finds it.
const SHOWN = 100;
// As many as the lines of a pin hold.
const PIN_CHARACTERS = 300;

export function PinsTab({ room }: { room: Room }) {
  const t = useT();
  const ids = usePinned(room.id).slice(0, SHOWN);
  return (
    <div className={styles.body}>
      {ids.length === 0 && <p className="soft">{t("pins.none")}</p>}
      <ul className={styles.pins}>
        {ids.map((id) => (
          <Pin key={id} room_id={room.id} id={id} />
        ))}
      </ul>
    </div>
  );
}

function Pin({ room_id, id }: { room_id: string; id: string }) {
  const message = useQuoted(room_id, id);
  return message && !message.deleted ? <PinnedMessage room_id={room_id} message={message} /> : null;
}

function PinnedMessage({ room_id, message }: { room_id: string; message: Extract<AnyMessage, { deleted: false }> }) {
  const user = useUser(message.sender);
  const text = useNamedText(message.text, mentionedIn(message));
  return (
    <li>
      <Link to={messagePath({ room_id, seq: message.seq })} className={styles.pin}>
        <Avatar id={message.sender} user={user} />
        <span className={styles.names}>
          <span className="ellipsis">
            <strong>{user ? userName(user) : "…"}</strong>{" "}
            <span className="soft">{sinceThen(new Date(message.at), new Date())}</span>
          </span>
          <span className={styles.pin_text}>{oneLine(text, PIN_CHARACTERS)}</span>
        </span>
        <Icon name="pin" small />
      </Link>
    </li>
  );
}
