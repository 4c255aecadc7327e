/** A message's text as it is read. */
import { memo } from "react";
import { useUserName } from "@/lib/names";
import styles from "./message.module.css";
import { type Part, parseText } from "./parse-text";

export const MessageText = memo(function MessageText({ text, me }: { text: string; me: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places.
  return parseText(text).map((part, index) => <ShownPart key={index} part={part} me={me} />);
});

function ShownPart({ part, me }: { part: Part; me: string }) {
  switch (part.kind) {
    case "block":
      return <pre className={styles.block}>{part.text}</pre>;
    case "code":
      return <code className={styles.code}>{part.text}</code>;
    case "link":
      return (
        <a href={part.text} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      );
    case "person":
      return <Person user_id={part.user_id} me={me} />;
    case "everyone":
      return <strong className={styles.to_me}>@{part.name}</strong>;
    default:
      return part.text;
  }
}

function Person({ user_id, me }: { user_id: string; me: string }) {
  const name = useUserName(user_id);
  return <strong className={user_id === me ? styles.to_me : styles.mention}>@{name}</strong>;
}
