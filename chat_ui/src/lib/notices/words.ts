/** What a notice says, and where it leads. */
import type { Translate } from "@/lib/i18n";
import type { Noticed } from "@/lib/protocol";
import { messagePath, roomPath } from "@/lib/router";

export function noticeWords(
  kind: Noticed["kind"],
  { name, room }: { name: string; room: string },
  t: Translate,
): string {
  switch (kind) {
    case "mention":
      return t("notice.mention", { name, room });
    case "direct":
      return t("notice.direct", { name });
    case "reply":
    case "thread":
      return t("notice.reply", { name, room });
    case "keyword":
      return t("notice.keyword", { name, room });
    case "invitation":
      return t("notice.invitation", { room });
    case "webhook":
      return t("notice.webhook", { room });
    default:
      return t("notice.other", { room });
  }
}

export function noticePath(notice: Noticed): string {
  return notice.kind === "webhook" ? roomPath(notice.room_id, "about") : messagePath(notice);
}
