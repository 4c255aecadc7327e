import { renderHook } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { resetChat, useChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import * as people from "@/lib/people";
import { learn } from "@/lib/people";
import { ME, room, user } from "@/testing/events";
import { useNamed, useNamedText } from "./use-named";

const ID = "01980000-0000-7000-8000-000000000001";
const UNKNOWN = "01980000-0000-7000-8000-000000000002";

beforeEach(() => resetChat(ME));

test("a text is copied as it was written, with names in the place of ids", () => {
  learn([{ ...user(ID), display_name: "김민수" }]);
  useChat.setState({ timelines: { [ID]: startTimeline(room({ id: ID, name: "general" })) } });
  const { result } = renderHook(useNamed);
  expect(result.current(`**<@${ID}>** and <@all> in <#${ID}>: \`code\``)).toBe(
    "**@김민수** and @all in #general: `code`",
  );
  expect(result.current(`<#${UNKNOWN}>`)).toBe(`<#${UNKNOWN}>`);
});

test("only those are asked for whom the server has found in the text", () => {
  const wanted = vi.spyOn(people, "useWanted").mockImplementation(() => {});
  renderHook(() => useNamedText(`<@a-b> <@all> <@${ID}> <@${UNKNOWN}>`, [ID]));
  expect(wanted).toHaveBeenCalledWith([ID]);
});
