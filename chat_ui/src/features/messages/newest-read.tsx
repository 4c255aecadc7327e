/** Lets a screen reader say what others write while the room is open; the list itself would also read out its history. */
import { useEffect, useRef, useState } from "react";
import { usePeople } from "@/lib/people";
import type { AnyMessage } from "@/lib/protocol";

export function NewestRead({ newest, me }: { newest: AnyMessage | undefined; me: string }) {
  const [spoken, setSpoken] = useState("");
  const last_seq = useRef<number | null>(null);
  useEffect(() => {
    if (!newest) return;
    const is_new = last_seq.current !== null && newest.seq > last_seq.current;
    last_seq.current = newest.seq;
    if (!is_new || newest.deleted || newest.sender === me) return;
    const { users } = usePeople.getState();
    const text = newest.text.replace(/<@([\w-]+)>/g, (_, id) => `@${users[id]?.display_name ?? id}`);
    setSpoken(`${users[newest.sender]?.display_name ?? ""}: ${text}`);
  }, [newest, me]);
  return (
    <div className="only-read-out" role="log" aria-live="polite">
      {spoken}
    </div>
  );
}
