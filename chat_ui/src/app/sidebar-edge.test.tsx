import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { setLanguage } from "@/lib/i18n";
import { SidebarEdge } from "./sidebar-edge";

afterEach(cleanup);

test("the keys move the edge, never past its ends, and the browser keeps where it is", () => {
  localStorage.clear();
  setLanguage("en");
  render(<SidebarEdge />);
  const edge = screen.getByRole("separator", { name: "Width of the list of rooms" });
  const press = (key: string) => {
    fireEvent.keyDown(edge, { key });
    return Number(edge.getAttribute("aria-valuenow"));
  };
  expect(press("ArrowRight")).toBe(270);
  expect(press("ArrowLeft")).toBe(260);
  expect(press("End")).toBe(400);
  expect(press("ArrowRight")).toBe(400);
  expect(press("Home")).toBe(220);
  expect(press("ArrowLeft")).toBe(220);
  expect(localStorage.getItem("chatflow.sidebar_width")).toBe("220");
  fireEvent.doubleClick(edge);
  expect(edge.getAttribute("aria-valuenow")).toBe("260");
});
