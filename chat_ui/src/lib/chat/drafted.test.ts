import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import * as storage from "@/lib/storage";
import { ME } from "@/testing/events";
import { useHasDraft } from "./drafted";
import { resetChat } from "./store";

test("a letter in another tab tells of its room alone, and no key is looked through for it", () => {
  resetChat(ME);
  const { result } = renderHook(() => useHasDraft("room"));
  const keys = vi.spyOn(storage, "keys");
  const tell = (init: StorageEventInit) => act(() => void dispatchEvent(new StorageEvent("storage", init)));
  tell({ key: `chatflow.draft.${ME}.room`, newValue: "{}" });
  expect(result.current).toBe(true);
  tell({ key: `chatflow.draft.${ME}.other`, newValue: "{}" });
  tell({ key: "chatflow.draft.carol.room", newValue: null });
  expect(result.current).toBe(true);
  tell({ key: `chatflow.draft.${ME}.room`, newValue: null });
  expect(result.current).toBe(false);
  expect(keys).not.toHaveBeenCalled();
});
