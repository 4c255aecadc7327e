/** Words for threads and pins, in Korean. */
import type { threads as english } from "../en/threads";

export const threads: Record<keyof typeof english, string> = {
  "threads.title": "스레드",
  "threads.title_of": "스레드: {{name}}",
  "threads.region": "스레드의 답글",
  "threads.close": "스레드 닫기",
  "threads.replies_one": "답글 {{count}}개",
  "threads.replies_other": "답글 {{count}}개",
  "threads.none": "아직 답글이 없습니다",
  "threads.news_one": "새 답글 {{count}}개",
  "threads.news_other": "새 답글 {{count}}개",
  "threads.with_news_one": "새 답글이 있는 스레드 {{count}}개",
  "threads.with_news_other": "새 답글이 있는 스레드 {{count}}개",
  "threads.last": "마지막 답글 {{time}}",
  "threads.reply": "스레드에 답글",
  "threads.write": "스레드에 답글 쓰기",
  "threads.follow": "팔로우",
  "threads.following": "팔로우 중",
  "threads.closed": "이 스레드의 메시지가 지워져 답글을 쓸 수 없습니다.",
  "threads.write_in_room": "대화방에 쓰기",
  "pins.pin": "고정",
  "pins.unpin": "고정 풀기",
  "pins.pinned": "고정됨",
  "pins.none": "고정된 메시지가 없습니다. 자주 찾는 메시지를 고정해 보세요.",
  "pins.count_one": "고정된 메시지 {{count}}개",
  "pins.count_other": "고정된 메시지 {{count}}개",
};
