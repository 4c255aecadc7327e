/**
 * What browsers tell while Hangul or kana is composed and Enter is pressed, as published by those who recorded it.
 * Replayed by compositions.test.tsx. Where a source tells of keys only, what the field takes in stands beside them.
 */

export type Step =
  | ["keydown" | "keyup", { key: string; keyCode: number; isComposing?: boolean }]
  | ["compositionstart"]
  /** The text of the composition, which stands at the end of the field. */
  | ["compositionupdate", string]
  /** The text that is committed. */
  | ["compositionend", string]
  /** Text that is inserted, or that replaces as many letters before the cursor. */
  | ["insert", string, number?]
  /** What the field does on Enter; the browser breaks the line unless it is prevented. */
  | ["insertLineBreak"];

export interface Recorded {
  name: string;
  source: string;
  steps: Step[];
  /** What is sent; null where Enter only ends the composition. */
  sent: string | null;
}

const PROCESSED = { key: "Process", keyCode: 229, isComposing: true };
const TAKEN = { key: "Enter", keyCode: 229, isComposing: true };
const ENTER = { key: "Enter", keyCode: 13 };
const UNIDENTIFIED = { key: "Unidentified", keyCode: 229, isComposing: true };

/** "한" with the two-set layout: the key before the first composition is not yet part of it. */
const HAN: Step[] = [
  ["keydown", { key: "Process", keyCode: 229 }],
  ["compositionstart"],
  ["compositionupdate", "ㅎ"],
  ["keyup", { ...PROCESSED, key: "ㅎ" }],
  ["keydown", PROCESSED],
  ["compositionupdate", "하"],
  ["keydown", PROCESSED],
  ["compositionupdate", "한"],
];

export const RECORDED: Recorded[] = [
  {
    name: "Chrome on Windows, Korean: two keys for one Enter, the second is the line break's",
    source: "https://contenteditable.realerror.com/ko/cases/ce-0210-ime-keydown-keycode-229-enter-chrome",
    steps: [
      ...HAN,
      ["keydown", PROCESSED],
      ["compositionend", "한"],
      ["keydown", ENTER],
      ["insertLineBreak"],
      ["keyup", ENTER],
    ],
    sent: "한",
  },
  {
    name: "Chrome on Windows, Korean: one key, the line break follows the end of the composition",
    source: "https://github.com/w3c/uievents/issues/202",
    steps: [...HAN, ["keydown", PROCESSED], ["compositionend", "한"], ["insertLineBreak"], ["keyup", ENTER]],
    sent: "한",
  },
  {
    name: "Chrome on macOS, Korean: the key comes once to the input method and once to the page",
    source: "https://hyunyikim.github.io/posts/how-to-check-composition-event-in-korean",
    steps: [
      ...HAN,
      ["keydown", TAKEN],
      ["compositionupdate", "한"],
      ["compositionend", "한"],
      ["keyup", TAKEN],
      ["keydown", ENTER],
      ["insertLineBreak"],
      ["keyup", ENTER],
    ],
    sent: "한",
  },
  {
    name: "Chromium on macOS, Korean: the plain key comes before the composition ends",
    source: "https://github.com/fathah/hermes-desktop/issues/546",
    steps: [...HAN, ["keydown", ENTER], ["insertLineBreak"], ["keyup", ENTER]],
    sent: "한",
  },
  {
    name: "Chromium on Linux with IBus, Korean: syllables end within one key, then the key is told again",
    source: "https://github.com/wikimedia/VisualEditor tests/ce/imetests/input-chromium-ubuntu-ibus-korean-korean.js",
    steps: [
      ...HAN,
      ["keydown", PROCESSED],
      ["compositionend", "한"],
      ["keyup", PROCESSED],
      ["keydown", PROCESSED],
      ["compositionstart"],
      ["compositionupdate", "그"],
      ["compositionupdate", "글"],
      ["keydown", PROCESSED],
      ["compositionend", "글"],
      ["keyup", PROCESSED],
      ["keydown", PROCESSED],
      ["keyup", PROCESSED],
      ["keydown", { ...ENTER, keyCode: 229 }],
      ["insertLineBreak"],
      ["keyup", ENTER],
    ],
    sent: "한글",
  },
  {
    name: "Chromium on Linux with IBus, Korean: the composition is cleared, and its text inserted after it",
    source: "https://github.com/stablyai/orca/pull/12158",
    steps: [
      ...HAN,
      ["keydown", PROCESSED],
      ["compositionupdate", ""],
      ["compositionend", ""],
      ["insert", "한"],
      ["keydown", ENTER],
      ["insertLineBreak"],
      ["keyup", ENTER],
    ],
    sent: "한",
  },
  {
    name: "Chrome on Android with Gboard: no key is told, and the line break comes while composing",
    source: "https://github.com/codemirror/dev/issues/829",
    steps: [
      ["keydown", UNIDENTIFIED],
      ["compositionstart"],
      ["compositionupdate", "한"],
      ["keydown", UNIDENTIFIED],
      ["insertLineBreak"],
      ["keyup", UNIDENTIFIED],
    ],
    sent: "한",
  },
  {
    name: "Chrome on Android with Gboard: Enter is told as a key of the composition",
    source: "https://github.com/rmyndharis/VSCodroid/pull/434",
    steps: [
      ["keydown", UNIDENTIFIED],
      ["compositionstart"],
      ["compositionupdate", "안녕"],
      ["keydown", { ...ENTER, isComposing: true }],
      ["insertLineBreak"],
      ["keyup", { ...ENTER, isComposing: true }],
    ],
    sent: "안녕",
  },
  {
    name: "Safari on macOS, Korean: no composition at all, letters are replaced",
    source: "https://bugreports.qt.io/browse/QTBUG-139596",
    steps: [
      ["insert", "ㅎ"],
      ["insert", "하", 1],
      ["insert", "한", 1],
      ["keydown", ENTER],
      ["insertLineBreak"],
      ["keyup", ENTER],
    ],
    sent: "한",
  },
  {
    name: "Safari on macOS, Japanese: the composition ends before the key that ended it is told",
    source: "https://bugs.webkit.org/show_bug.cgi?id=165004",
    steps: [
      ["compositionstart"],
      ["compositionupdate", "にほん"],
      ["compositionupdate", "日本"],
      ["compositionend", "日本"],
      ["keydown", { ...ENTER, keyCode: 229 }],
      ["keyup", ENTER],
    ],
    sent: null,
  },
  {
    name: "Chrome on Ubuntu with Mozc, Japanese: Enter takes the candidate",
    source: "https://github.com/Alex-D/Trumbowyg/pull/475",
    steps: [
      ["keydown", { key: "Process", keyCode: 229 }],
      ["compositionstart"],
      ["compositionupdate", "日本"],
      ["keydown", PROCESSED],
      ["compositionend", "日本"],
    ],
    sent: null,
  },
  {
    name: "Chrome on macOS, Chinese: the key that took the candidate is told after the composition",
    source: "https://github.com/NousResearch/hermes-agent/pull/41026",
    steps: [
      ["keydown", { key: "n", keyCode: 229 }],
      ["compositionstart"],
      ["compositionupdate", "ni"],
      ["compositionend", "ni"],
      ["keydown", { ...ENTER, keyCode: 229 }],
      ["keyup", ENTER],
    ],
    sent: null,
  },
  {
    name: "the order of UI Events, section on key events during composition",
    source: "https://www.w3.org/TR/uievents/#events-composition-key-events",
    steps: [
      ["keydown", { key: "Process", keyCode: 229 }],
      ["compositionstart"],
      ["compositionupdate", "か"],
      ["keyup", PROCESSED],
      ["keydown", { key: "Convert", keyCode: 28, isComposing: true }],
      ["compositionupdate", "化"],
      ["keyup", { key: "Convert", keyCode: 28, isComposing: true }],
      ["keydown", { ...ENTER, isComposing: true }],
      ["compositionend", "化"],
      ["keyup", ENTER],
    ],
    sent: null,
  },
];
