/** Words for the frame of the page and its addresses, in Korean. */
import type { app as english } from "../en/app";

export const app: Record<keyof typeof english, string> = {
  "app.loading": "불러오는 중…",
  "app.unreachable": "서버에 연결할 수 없어요. 다시 시도하고 있어요…",
  "app.failed": "화면에 문제가 생겼어요. 보내기를 기다리는 것은 남아 있어요.",
  "app.reload": "다시 불러오기",
  "app.skip": "메시지로 바로 가기",
  "app.close": "닫기",
  "app.cancel": "취소",
  "app.back": "대화방 목록으로",
  "app.retry": "다시 시도",
  "app.part_failed": "이 부분을 불러오지 못했어요.",
  "app.navigation": "대화방",
  "app.sidebar_width": "대화방 목록의 너비",
  "app.rail": "ChatFlow",
  "app.home": "홈",
  "app.directs": "DM",
  "app.directory": "둘러보기",

  "join.ask": "이 대화방에 들어갈까요?",
  "join.ask_named": "{{room}}에 들어갈까요?",
  "join.ask_note": "초대를 받았습니다. 들어가면 멤버들에게 보입니다.",
  "join.join": "들어가기",
  "join.joining": "들어가는 중…",
  "join.failed": "쓸 수 없는 초대예요",
  "join.none": "보낸 사람에게 새 링크를 받아 주세요.",
};
