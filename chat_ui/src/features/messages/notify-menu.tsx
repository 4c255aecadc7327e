/** The bell of a room. */
import { MenuButton } from "@/components/menu-button";
import { isMuted } from "@/lib/chat/notify";
import { useT } from "@/lib/i18n";
import { lazily } from "@/lib/lazily";
import type { Room } from "@/lib/protocol";

const NotifyChoices = lazily(() => import("./notify-choices"));

export function NotifyMenu({ room }: { room: Room }) {
  const t = useT();
  const muted = isMuted(room);
  const label = t(muted ? "notify.button_muted" : "notify.button");
  const icon = muted ? "bell_off" : "bell";
  return <MenuButton label={label} icon={icon} menu={<NotifyChoices room={room} label={label} icon={icon} />} />;
}
