import { describe, expect, test } from "vitest";
import { type Block, type Inline, readText } from "./index";

/** A tree as a short line, to compare. */
function show(blocks: Block[]): string {
  return blocks
    .map((block) => {
      switch (block.kind) {
        case "paragraph":
          return `p(${line(block.children)})`;
        case "heading":
          return `h(${line(block.children)})`;
        case "quote":
          return `q(${show(block.children)})`;
        case "list":
          return `${block.start === null ? "ul" : `ol${block.start}`}(${block.items
            .map(({ checked, children }) => `${checked === null ? "" : `[${checked ? "x" : " "}]`}${show(children)}`)
            .join(" ")})`;
        case "table":
          return `t(${[block.head, ...block.rows].map((row) => row.map(line).join("|")).join(" / ")})`;
        case "code":
          return `code:${block.language}(${block.text})`;
        default:
          return "hr";
      }
    })
    .join(" ");
}

function line(inlines: Inline[]): string {
  return inlines
    .map((inline) => {
      switch (inline.kind) {
        case "text":
          return inline.text;
        case "code":
          return `\`${inline.text}\``;
        case "link":
          return `a[${inline.href}](${line(inline.children)})`;
        case "person":
          return `@${inline.user_id}`;
        case "everyone":
          return `@${inline.name}`;
        case "room":
          return `#${inline.room_id}`;
        case "shortcode":
          return `:${inline.name}:`;
        default:
          return `${inline.kind}(${line(inline.children)})`;
      }
    })
    .join("");
}

const ID = "01980000-0000-7000-8000-000000000001";

describe("what stands within a line", () => {
  test.each([
    ["**a** *b* _c_ __d__ ~~e~~ ~f~", "strong(a) emphasis(b) emphasis(c) strong(d) strike(e) strike(f)"],
    ["***a***", "emphasis(strong(a))"],
    ["**a *b* c**", "strong(a emphasis(b) c)"],
    ["*a **b*", "*a *emphasis(b)"],
    ["snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"],
    ['**굵게**는 **"인용"**은 ~~(삭제)~~했다', 'strong(굵게)는 strong("인용")은 strike((삭제))했다'],
    ["\\*a\\* \\a", "*a* \\a"],
    ["a\nb", "a\nb"],
    ["`a*b*`", "`a*b*`"],
    [`<@${ID}> <@all> <#${ID}>`, `@${ID} @all #${ID}`],
    [":tada: 10:30:00 :축하:", ":tada: 10:30:00 :축하:"],
    ["[a](https://a.example)", "a[https://a.example](a)"],
    ['[**a** `]`](<https://a.example/b> "title")', "a[https://a.example/b](strong(a) `]`)"],
    ["[a](https://a.example/x_(y))", "a[https://a.example/x_(y)](a)"],
    [
      "[a [b](https://a.example) c](https://c.example)",
      "[a a[https://a.example](b) c](a[https://c.example](https://c.example))",
    ],
    ["![cat](https://a.example/cat.png)", "a[https://a.example/cat.png](cat)"],
    ["[https://a.example](https://b.example)", "a[https://b.example](https://a.example)"],
    ["*[a*](https://a.example)", "*a[https://a.example](a*)"],
    ["[a](www.a.example)", "a[https://www.a.example](a)"],
    ["see https://a.example/x.", "see a[https://a.example/x](https://a.example/x)."],
    ["(https://a.example/x).", "(a[https://a.example/x](https://a.example/x))."],
    ["https://a.example/x_(y).", "a[https://a.example/x_(y)](https://a.example/x_(y))."],
    ["**https://a.example/a_b_c**", "strong(a[https://a.example/a_b_c](https://a.example/a_b_c))"],
    [
      "주소:www.a.example, <https://b.example>",
      "주소:a[https://www.a.example](www.a.example), a[https://b.example](https://b.example)",
    ],
    ["to ada.b+c@mail.example.", "to a[mailto:ada.b+c@mail.example](ada.b+c@mail.example)."],
    ["https://", "https://"],
  ])("%s", (text, shown) => {
    expect(show(readText(text))).toBe(`p(${shown})`);
  });

  test.each([
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](data:text/html,x)",
    "[a](vbscript:x)",
    "[a](//a.example)",
    "[a](/rooms)",
    "[a](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "<script>alert(1)</script>",
    "<b>a</b> &amp;",
  ])("%s is text", (text) => {
    expect(show(readText(text))).toBe(`p(${text})`);
  });
});

describe("blocks", () => {
  test.each([
    ["# A *b* #", "h(A emphasis(b))"],
    ["#channel", "p(#channel)"],
    ["a\n\n\nb", "p(a) p(b)"],
    ["> a\n> > b\nc", "q(p(a) q(p(b))) p(c)"],
    ["- a\n- b\n  - c\n\n  d\ne", "ul(p(a) p(b) ul(p(c)) p(d)) p(e)"],
    ["1. a\n2. b\n  - c", "ol1(p(a) p(b) ul(p(c)))"],
    ["3) a\n4) b", "ol3(p(a) p(b))"],
    ["- [x] a\n- [ ] b", "ul([x]p(a) [ ]p(b))"],
    ["in\n1984. it was", "p(in\n1984. it was)"],
    ["in\n2. it was", "p(in\n2. it was)"],
    ["2026. 11. 27. 회의", "p(2026. 11. 27. 회의)"],
    ["11. 27. 회의", "ol11(p(27. 회의))"],
    ["- a\n\n\n- b", "ul(p(a) p(b))"],
    ["-", "p(-)"],
    ["a\n---\nb", "p(a) hr p(b)"],
    ["| a | b |\n|:--|--:|\n| `1\\|2` | **c** | d |\n| e", "t(a|b / `1\\|2`|strong(c) | d / e)"],
    ["a | b\n--", "p(a | b\n--)"],
    ["```\na\n```\n\n\n```js\nb\n```", "code:(a) code:js(b)"],
    ["```true```", "p(`true`)"],
  ])("%s", (text, shown) => {
    expect(show(readText(text))).toBe(shown);
  });
});

/** The best of two tries, in milliseconds of this process: what else the machine does is not counted. */
function cost(text: string): number {
  const tries = Array.from({ length: 2 }, () => {
    const begun = process.cpuUsage();
    readText(text);
    return process.cpuUsage(begun).user / 1000;
  });
  return Math.min(...tries);
}

describe("what it costs grows no faster than the text", () => {
  test.each([
    ..."[*_~`<>!()|:#\\-@".split(""),
    ...'](|[](|[a](|[a](b|[a](<b|[a](b "|![|**a *|*a_|a**b|_a*|*a **a |`a``|<@|<@all>`|> |>>|- |1. |  - |   > - '.split(
      "|",
    ),
    ..."a.|a@|a@b.|https://|www.a.|https://a)|(https://a|:a:|~~~\n|```\n|> ```\n|\n- a|a|b\n|x\n\n".split("|"),
    "| a ",
    "|-",
    "|a\n|-|\n",
    "[a](https://a.example)",
    "~a~~b~~~",
  ])("of %j", (piece) => {
    const long = piece.repeat(Math.ceil(4_000 / piece.length));
    // By its square four times the length would cost sixteen times as much; the rest is noise.
    expect(cost(long.repeat(4))).toBeLessThan(8 * cost(long) + 100);
  });

  // What fails only at its last letter is tried at every place before it by an expression that may begin anywhere.
  test.each([
    ["~", "", "`"],
    [" ", "# a", "b"],
    ["#", "# a ", "b"],
    [" ", "a|b\n|-", "x"],
  ])("of %j between %j and %j", (piece, before, after) => {
    const long = (times: number) => before + piece.repeat(4_000 * times) + after;
    expect(cost(long(4))).toBeLessThan(8 * cost(long(1)) + 100);
  });

  test("and nothing nests deeper than a page can show", () => {
    const depth = (nodes: (Block | Inline)[]): number =>
      1 + Math.max(0, ...nodes.map((node) => depth(childrenOf(node))));
    for (const piece of ["> ", "- ", "*a **b ", "[", "> - "]) {
      expect(depth(readText(`${piece.repeat(4000)}x${"*".repeat(8000)}`))).toBeLessThan(30);
    }
  });
});

function childrenOf(node: Block | Inline): (Block | Inline)[] {
  if (node.kind === "list") return node.items.flatMap(({ children }) => children);
  return "children" in node ? node.children : [];
}
