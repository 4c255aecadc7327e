/** The picker of emoji beside whoever asked for it; its code and its data come when it is first opened. */
import { type CSSProperties, Suspense, useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { FailureBoundary } from "@/components/failure-boundary";
import { PartFailed } from "@/components/part-failed";
import { useT } from "@/lib/i18n";
import { isImeKey } from "@/lib/ime";
import { lazily } from "@/lib/lazily";
import styles from "./emoji-picker.module.css";
import { closeEmoji, type EmojiRequest, useEmojiRequest } from "./emoji-request";

const EmojiPicker = lazily(() => import("./emoji-picker"));

const WIDTH = 344;
const HEIGHT = 404;
const GAP = 8;

export function EmojiPopover({ me }: { me: string }) {
  const request = useEmojiRequest((asked) => asked.request);
  useEffect(() => () => useEmojiRequest.setState({ request: null }), []);
  return request && createPortal(<Popover me={me} request={request} />, document.body);
}

function Popover({ me, request }: { me: string; request: EmojiRequest }) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) closeEmoji();
    };
    document.addEventListener("pointerdown", onPress);
    return () => document.removeEventListener("pointerdown", onPress);
  }, []);
  return (
    <div
      ref={box}
      role="dialog"
      aria-label={t("messages.emoji")}
      className={styles.popover}
      style={placeBeside(request.beside)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || isImeKey(event.nativeEvent)) return;
        event.stopPropagation();
        closeEmoji();
      }}
      onBlur={(event) => {
        const { relatedTarget } = event;
        if (relatedTarget instanceof Node && !event.currentTarget.contains(relatedTarget)) closeEmoji();
      }}
    >
      <FailureBoundary instead={(again) => <PartFailed again={again} />}>
        <Suspense fallback={<p className={styles.nothing}>{t("app.loading")}</p>}>
          <EmojiPicker
            me={me}
            onPick={(emoji) => {
              closeEmoji();
              request.onPick(emoji);
            }}
          />
        </Suspense>
      </FailureBoundary>
    </div>
  );
}

/** Above the button if there is room, else below, and always within the window. A phone shows a sheet, by its style. */
function placeBeside({ top, bottom, left, right }: DOMRect): CSSProperties {
  const above = top - GAP - HEIGHT;
  const wished = above >= GAP ? above : bottom + GAP;
  const sideways = left + WIDTH + GAP <= innerWidth ? left : right - WIDTH;
  const y = Math.max(GAP, Math.min(wished, innerHeight - HEIGHT - GAP));
  const x = Math.max(GAP, Math.min(sideways, innerWidth - WIDTH - GAP));
  return { "--top": `${y}px`, "--left": `${x}px` } as CSSProperties;
}
