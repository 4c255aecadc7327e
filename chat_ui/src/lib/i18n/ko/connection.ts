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
  "disk.offline_one": "오프라인 · 메시지 {{count}}개가 기다림",
  "disk.offline_other": "오프라인 · 메시지 {{count}}개가 기다림",
  "disk.failed_one": "보내지 못한 메시지 {{count}}개",
  "disk.failed_other": "보내지 못한 메시지 {{count}}개",
};
