/**
 * Tells a screen reader what happens in the open room: what others write and that one's own message is on disk, at most
 * once a second. The list itself is quiet: it would read out its history.
 */
import { useEffect, useRef, useState } from "react";
import type { Timeline } from "@/lib/chat/timeline";
import { t } from "@/lib/i18n";
import { usePeople } from "@/lib/people";
import type { AnyMessage } from "@/lib/protocol";
import { oneLine } from "./one-line";

const BATCH_MILLISECONDS = 1_000;
// More than that is counted rather than read.
const MOST_READ = 3;

export function Announcer({ timeline, me }: { timeline: Timeline; me: string }) {
  const [spoken, setSpoken] = useState("");
  const heard = useRef({ position: timeline.position, waiting: [] as AnyMessage[] });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    const { position, waiting } = heard.current;
    for (const event of timeline.recent.slice(-50)) {
      if (event.seq > position && event.type === "message.created") waiting.push(event.message);
    }
    heard.current.position = timeline.position;
    if (waiting.length === 0 || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      setSpoken(words(heard.current.waiting, me));
      heard.current.waiting = [];
    }, BATCH_MILLISECONDS);
  }, [timeline, me]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div className="only-read-out" aria-live="polite">
      {spoken}
    </div>
  );
}

function words(messages: AnyMessage[], me: string): string {
  const { users } = usePeople.getState();
  const nameOf = (id: string) => users[id]?.display_name ?? "";
  const others = messages.filter((message) => message.sender !== me);
  const lines = others.map((message) => {
    const text = message.deleted ? "" : message.text.replace(/<@([\w-]+)>/g, (_, id) => `@${nameOf(id) || id}`);
    return `${nameOf(message.sender)}: ${oneLine(text)}`;
  });
  const told = lines.length > MOST_READ ? [t("messages.jump_new", { count: lines.length })] : lines;
  return [...(others.length < messages.length ? [t("messages.on_disk")] : []), ...told].join("\n");
}
