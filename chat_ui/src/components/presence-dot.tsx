/** Shows whether a person is there, and says it; nothing while that is unknown. */
import { useEffect, useRef } from "react";
import { useAppearance, watchPerson } from "@/lib/chat/presence";
import { usePresenceWords } from "@/lib/presence-words";
import styles from "./presence-dot.module.css";

/** What ends the watching of each dot that is on the screen. */
const releases = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | null = null;

export function PresenceDot({
  id,
  size = "normal",
}: {
  id: string;
  size?: "small" | "medium" | "normal" | "large" | "huge";
}) {
  const dot = useRef<HTMLSpanElement>(null);
  const appearance = useAppearance(id);
  const words = usePresenceWords(appearance);
  useEffect(() => {
    const element = dot.current;
    if (!element) return;
    observer ??= new IntersectionObserver(onSeen);
    observer.observe(element);
    return () => {
      observer?.unobserve(element);
      release(element);
    };
  }, []);
  const looks = `${styles.dot} ${styles[size] ?? ""} ${styles[appearance?.status ?? ""] ?? ""}`;
  if (!appearance) return <span ref={dot} data-person={id} className={looks} aria-hidden="true" />;
  return <span ref={dot} data-person={id} className={looks} role="img" aria-label={words} title={words} />;
}

function onSeen(entries: IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) release(target);
    else if (!releases.has(target)) releases.set(target, watchPerson((target as HTMLElement).dataset.person ?? ""));
  }
}

function release(element: Element): void {
  releases.get(element)?.();
  releases.delete(element);
}
