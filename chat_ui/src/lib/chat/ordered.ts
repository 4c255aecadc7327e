/** The order of the rooms in the list, kept while the chat goes on. */
import { create } from "zustand";
import { type OrderedIds, rememberOrder } from "./room-order";
import { followRooms, useChat } from "./store";

const tell = rememberOrder();
const useOrdered = create<{ ids: OrderedIds }>(() => ({ ids: tell(useChat.getState()) }));

followRooms((changed) => {
  const ids = tell(useChat.getState(), changed);
  if (ids !== useOrdered.getState().ids) useOrdered.setState({ ids });
});

/** Return the ids of the rooms in their order; the same object for as long as it is the same. */
export function useOrder(): OrderedIds {
  return useOrdered(({ ids }) => ids);
}
