import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import MoreMenu from "./more-menu";

const ACTIONS = [
  { icon: "copy", label: "Copy text", code: "KeyC", run: () => {} },
  { icon: "delete", label: "Delete", code: "Delete", danger: true, begins: true, run: () => {} },
] as const;

afterEach(cleanup);

test.each([
  ["before what ends the message", [...ACTIONS], ["Copy textC", "Read by 2 of 3", "DeleteDel"]],
  ["last where nothing does", ACTIONS.slice(0, 1), ["Copy textC", "Read by 2 of 3"]],
])("who has read the message stands %s, and is no deed", async (_, actions, offered) => {
  render(<MoreMenu label="More" className="" actions={actions} fact="Read by 2 of 3" onOpenChange={() => {}} />);
  const items = await screen.findAllByRole("menuitem");
  expect(items.map((item) => item.textContent)).toEqual(offered);
  expect(screen.getByRole("menuitem", { name: "Read by 2 of 3" }).getAttribute("aria-disabled")).toBe("true");
});
