/** The faces of those who wrote in a room last, as far as this page knows. */
import { useMemo } from "react";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { useChat } from "@/lib/chat/store";
import { useUser } from "@/lib/names";
import styles from "./room-page.module.css";

const FACES = 3;
const LOOKED_BACK = 40;

export function RoomFaces({ room_id }: { room_id: string }) {
  const rows = useChat(({ timelines }) => timelines[room_id]?.parted?.rows);
  const ids = useMemo(() => {
    const senders = rows?.slice(-LOOKED_BACK).map(({ sender }) => sender) ?? [];
    return [...new Set(senders.reverse())].slice(0, FACES);
  }, [rows]);
  if (ids.length === 0) return <Icon name="people" small />;
  return (
    <span className={styles.faces}>
      {ids.map((id) => (
        <Face key={id} id={id} />
      ))}
    </span>
  );
}

function Face({ id }: { id: string }) {
  return <Avatar id={id} user={useUser(id)} size="small" />;
}
