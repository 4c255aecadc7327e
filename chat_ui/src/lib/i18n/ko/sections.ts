/** Words for the sections of one's own in the list of rooms, in Korean. */
import type { sections as english } from "../en/sections";

export const sections: Record<keyof typeof english, string> = {
  "sections.move": "섹션으로 옮기기",
  "sections.none": "섹션 없음",
  "sections.new": "새 섹션…",
  "sections.new_title": "새 섹션",
  "sections.name": "섹션 이름",
  "sections.move_now": "옮기기",
  "sections.more": "{{name}} 더 보기",
  "sections.favourite": "즐겨찾기에 넣기",
  "sections.no_favourite": "즐겨찾기에서 빼기",
  "sections.rename": "이름 바꾸기…",
  "sections.rename_title": "{{name}} 이름 바꾸기",
  "sections.rename_now": "바꾸기",
  "sections.remove": "섹션 없애기",
  "sections.drop_favourite": "여기에 놓아 즐겨찾기에 넣기",
  "sections.in": "내 목록의 섹션",
};
