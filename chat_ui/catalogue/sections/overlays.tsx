/** What lies over the page; a button opens each. */
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { PersonButton } from "@/components/person-button";
import { KeyboardSheet } from "@/features/keyboard/keyboard-sheet";
import { EmojiPopover } from "@/features/messages/emoji-popover";
import { requestEmoji } from "@/features/messages/emoji-request";
import { NotifyMenu } from "@/features/messages/notify-menu";
import { ProfilePopover } from "@/features/people/profile-popover";
import { CreateChannelDialog } from "@/features/rooms/create-channel-dialog";
import { Switcher } from "@/features/switcher/switcher";
import { ApiError } from "@/lib/api";
import { ADA, MINSU, ROOMS } from "../samples";
import { Line, Section } from "../section";

const refused = () => Promise.reject(new ApiError({ code: "unreachable", message: "", retryable: true }));

const DIALOGS: Record<string, (onClose: () => void) => ReactNode> = {
  confirm: (onClose) => (
    <ConfirmDialog title="Delete this message?" act="Delete" keep="Keep it" onAct={refused} onClose={onClose}>
      <p className="soft">It is gone for everybody.</p>
    </ConfirmDialog>
  ),
  create: (onClose) => <CreateChannelDialog onClose={onClose} />,
  switcher: (onClose) => <Switcher onClose={onClose} />,
  keyboard: (onClose) => <KeyboardSheet onClose={onClose} />,
};

export function OverlaysSection() {
  const [open, setOpen] = useState<string | null>(null);
  const [room] = ROOMS;
  return (
    <Section name="Overlays">
      <Line>
        {Object.keys(DIALOGS).map((name) => (
          <button key={name} type="button" className="button" onClick={() => setOpen(name)}>
            {name}
          </button>
        ))}
        <button
          type="button"
          className="button"
          onClick={({ currentTarget }) => requestEmoji(currentTarget, { back: currentTarget, onPick: () => {} })}
        >
          emoji
        </button>
        <PersonButton id={MINSU} className="button">
          profile
        </PersonButton>
        {room && <NotifyMenu room={room} />}
      </Line>
      {open && DIALOGS[open]?.(() => setOpen(null))}
      <EmojiPopover me={ADA} />
      <ProfilePopover />
    </Section>
  );
}
