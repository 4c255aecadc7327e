import { afterEach, describe, expect, test } from "vitest";
import { ApiError } from "@/lib/api";
import { words as english } from "./en";
import { explain, setLanguage } from "./index";
import { words as korean } from "./ko";

afterEach(() => setLanguage("en"));

const sayings = (words: Record<string, string>, forbidden: RegExp) =>
  Object.entries(words).filter(([, saying]) => forbidden.test(saying));

describe("the product", () => {
  test.each([
    ["exclaims nothing", /[!！]/],
    ["boasts and apologises nowhere", /successfully|oops|sorry|성공적|죄송/i],
    ["leaves no blank at an end", /^\s|\s$/],
  ])("%s", (_, forbidden) => {
    expect(sayings({ ...english }, forbidden)).toEqual([]);
    expect(sayings({ ...korean }, forbidden)).toEqual([]);
  });

  test("has one Korean word for each thing", () => {
    expect(sayings(korean, /채팅|쓰레드|댓글|인박스|아웃박스|발신함|핀 고정|상단 고정|이 대화[의에은는]/)).toEqual([]);
  });

  test("puts no particle that depends on the last sound behind a name that it does not know", () => {
    expect(sayings(korean, /\{\{\w+\}\}(을|를|이|가|은|는|과|와|으로|로)(?![가-힣])/)).toEqual([]);
  });

  test("speaks with one voice in each saying", () => {
    const both = Object.entries(korean).filter(
      ([, saying]) => /[가-힣]+니다/.test(saying) && /(?:[어아해돼워려줘와여]요|예요|이에요|에요)/.test(saying),
    );
    expect(both).toEqual([]);
  });

  test("explains what went wrong, and how to begin, in 해요체", () => {
    const set_phrases = ["welcome.title", "welcome.hello"];
    const formal = sayings(korean, /니다/).filter(([key]) => /^(error|welcome)\.|^rooms\.gone/.test(key));
    expect(formal.map(([key]) => key).filter((key) => !set_phrases.includes(key))).toEqual([]);
  });

  test("puts 님 behind a name with a blank between", () => {
    expect(sayings(korean, /\}\}님/)).toEqual([]);
  });
});

test.each([
  ["Expected `str` of length <= 80 - at `$.name`", "이름: 80자까지 쓸 수 있어요.", "Name: Use at most 80 characters."],
  ["password: between 8 and 200 characters.", "비밀번호: 8~200자로 써 주세요.", "Password: Use 8 to 200 characters."],
  [
    "password: too common, others try this one first.",
    "비밀번호: 너무 흔해요. 다른 것으로 정해 주세요.",
    "Password: Too common, choose another one.",
  ],
  [
    "The name of the section is empty - at `$.section`",
    "섹션 이름: 내용을 입력해 주세요.",
    "Name of the section: Write something.",
  ],
  [
    "More than 8 combining marks in a row - at `$.text`",
    "메시지: 쓸 수 없는 글자가 있어요. 지우고 다시 시도해 주세요.",
    "Message: It has characters that cannot be used. Remove them.",
  ],
  [
    "A sentence of a later server - at `$.novelty`",
    "받아들여지지 않았어요. 확인하고 다시 시도해 주세요.",
    "This was not accepted. Check it and try again.",
  ],
])("%s is said in the person's language", async (message, in_korean, in_english) => {
  const refusal = new ApiError({ code: "invalid", message, retryable: false });
  await setLanguage("ko");
  expect(explain(refusal)).toBe(in_korean);
  await setLanguage("en");
  expect(explain(refusal)).toBe(in_english);
});
