/** Where a piece of code has which colour, and how it is found: by highlight.js, without its HTML. */
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import type { Colour, Range } from "./range";

const LANGUAGES = {
  ...{ bash, c, cpp, css, diff, go, java, javascript, json, kotlin },
  ...{ python, ruby, rust, sql, typescript, xml, yaml },
};
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

/** The colours of what highlight.js tells apart; what is not named here stays as the text. */
const COLOURS: Record<string, Colour> = {
  keyword: "keyword",
  built_in: "keyword",
  literal: "keyword",
  type: "keyword",
  name: "keyword",
  "selector-tag": "keyword",
  deletion: "keyword",
  string: "string",
  regexp: "string",
  number: "string",
  symbol: "string",
  addition: "string",
  title: "call",
  attr: "call",
  attribute: "call",
  property: "call",
  section: "call",
  comment: "comment",
  meta: "comment",
};

const CALL = /\b[A-Za-z_]\w*(?=\()/g;

/** Writes down where scopes begin and end, in the place of the tree of which highlight.js makes HTML. */
class RangeEmitter {
  ranges: Range[] = [];
  private place = 0;
  private readonly scopes: (Colour | null)[] = [];

  addText(text: string): void {
    const colour = this.scopes.at(-1);
    const start = this.place;
    this.place += text.length;
    if (colour && text) this.ranges.push([start, this.place, colour]);
    if (colour) return;
    // Few grammars tell a call from a name.
    for (const { index, 0: name } of text.matchAll(CALL)) {
      this.ranges.push([start + index, start + index + name.length, "call"]);
    }
  }

  startScope(scope: string): void {
    const kind = scope.split(".")[0] ?? "";
    // Within a string or a comment everything has its colour.
    this.scopes.push(COLOURS[kind] ?? this.scopes.at(-1) ?? null);
  }

  openNode(scope: string): void {
    this.startScope(scope);
  }

  endScope(): void {
    this.scopes.pop();
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(emitter: RangeEmitter): void {
    this.ranges.push(
      ...emitter.ranges.map(([start, end, colour]): Range => [start + this.place, end + this.place, colour]),
    );
    this.place += emitter.place;
  }

  finalize(): void {}

  toHTML(): string {
    return "";
  }
}

hljs.configure({ __emitter: RangeEmitter as never });

/** Return the coloured ranges in order; none for a language that is not known. */
export function findRanges(code: string, language: string): Range[] {
  if (!hljs.getLanguage(language)) return [];
  const { _emitter } = hljs.highlight(code, { language, ignoreIllegals: true });
  return (_emitter as unknown as RangeEmitter).ranges;
}
