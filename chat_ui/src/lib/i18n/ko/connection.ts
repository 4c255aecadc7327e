/** Words for the connection, and what waits for it, in Korean. */
import type { connection as english } from "../en/connection";

export const connection: Record<keyof typeof english, string> = {
  "link.connecting": "연결하는 중…",
  "link.offline": "오프라인입니다.",
  "link.ended": "ChatFlow가 너무 많은 곳에서 열려 있어 여기서는 멈췄습니다.",
  "link.try_now": "지금 시도",
  "link.use_here": "여기서 쓰기",
  "link.waiting_one": "메시지 {{count}}개가 기다리고 있어요.",
  "link.waiting_other": "메시지 {{count}}개가 기다리고 있어요.",

  "disk.all": "연결됨 · 모두 디스크에 저장됨",
  "disk.writing_one": "메시지 {{count}}개를 보내고 있어요",
  "disk.writing_other": "메시지 {{count}}개를 보내고 있어요",
  "disk.offline": "{{time}}부터 오프라인",
  "disk.failed_one": "보내지 못한 메시지 {{count}}개",
  "disk.failed_other": "보내지 못한 메시지 {{count}}개",

  "outbox.title": "보낼 편지함",
  "outbox.lead": "이 기기에 보관하고, 이 순서대로 한 번만 보냅니다",
  "outbox.open": "보낼 편지함 열기",
  "outbox.close": "보낼 편지함 닫기",
  "outbox.count": "보낼 메시지 {{count}}개",
  "outbox.waiting": "연결을 기다리는 메시지 {{count}}개",
  "outbox.sending": "보내는 메시지 {{count}}개",
  "outbox.failed": "못 보낸 메시지 {{count}}개",
  "outbox.not_sent": "못 보냄",
  "outbox.tried": "답이 오지 않았습니다. 이미 저장되었을 수 있고, 다시 보내도 두 번 남지 않습니다.",
  "outbox.none": "기다리는 메시지가 없습니다. 쓴 글은 모두 서버 디스크에 저장되었습니다.",
  "outbox.other_room": "목록에 없는 대화방",
  "outbox.safe": "탭을 닫아도 괜찮아요. 서버가 저장했다고 알리거나 직접 버릴 때까지 이 목록에 남습니다.",
  "outbox.unkept": "이 브라우저에는 보관할 수 없습니다. 모두 보낼 때까지 탭을 열어 두세요.",
};
