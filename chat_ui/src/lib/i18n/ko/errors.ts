/** Words for what went wrong, by the code of the error, in Korean. */
import type { errors as english } from "../en/errors";

export const errors: Record<keyof typeof english, string> = {
  "error.unreachable": "서버에 연결할 수 없습니다.",
  "error.unauthenticated": "다시 로그인해 주세요.",
  "error.token_expired": "다시 로그인해 주세요.",
  "error.forbidden": "여기서는 할 수 없는 일입니다.",
  "error.not_found": "없거나 볼 수 없는 대상입니다.",
  "error.not_a_member": "더 이상 이 대화의 멤버가 아닙니다.",
  "error.muted": "이 대화에서 발언이 제한되었습니다.",
  "error.banned": "이 대화에서 차단되었습니다.",
  "error.archived": "보관된 대화입니다.",
  "error.invalid": "받아들여지지 않았습니다: {{message}}",
  "error.too_large": "너무 큽니다.",
  "error.conflict": "이미 있는 것과 어긋납니다.",
  "error.rate_limited": "너무 빠릅니다. 잠시 기다려 주세요.",
  "error.unavailable": "지금은 서비스를 쓸 수 없습니다.",
  "error.timeout": "제때 답이 오지 않았습니다.",
  "error.internal": "서버에 문제가 생겼습니다.",
};
