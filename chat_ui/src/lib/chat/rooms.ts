/** Creates, joins and leaves rooms. */
import { call } from "@/lib/api";
import type { Entered, OpenRoom, OpenRooms, Room } from "@/lib/protocol";
import { catchUp } from "./catch-up";
import { addRoom } from "./incoming";
import { ask } from "./socket";
import { dropTimeline } from "./store";

export interface NewChannel {
  /** The same for every attempt at the same channel, so that a repeated one makes no second. */
  cid: string;
  name: string;
  topic: string;
  private: boolean;
}

export function createChannel(channel: NewChannel): Promise<string> {
  return enter(ask("room:create", { kind: "channel", ...channel }));
}

export function openDirect(user_id: string): Promise<string> {
  return enter(ask("room:direct", { user_ids: [user_id] }));
}

export function joinRoom(room_id: string): Promise<string> {
  return enter(ask("room:join", { room_id }));
}

/** Return the room of an invitation as strangers see it; null for one of which they see nothing. */
export async function findInvited(invite: string): Promise<Room | null> {
  const [room_id] = invite.split(".");
  try {
    return await call<Room>("GET", `/api/rooms/${encodeURIComponent(room_id ?? "")}`);
  } catch {
    // Whether the invitation works is told when it is used.
    return null;
  }
}

export function joinByInvitation(invite: string): Promise<string> {
  return enter(ask("room:join", { invite }));
}

export async function leaveRoom(room_id: string): Promise<void> {
  await ask("room:leave", { room_id });
  dropTimeline(room_id);
}

export type DirectoryOrder = "activity" | "members" | "name";

export async function findPublicRooms(q: string, sort: DirectoryOrder = "name"): Promise<OpenRoom[]> {
  const query = new URLSearchParams({ sort, ...(q && { q }) });
  return (await call<OpenRooms>("GET", `/api/rooms/public?${query}`)).items;
}

async function enter(reply: Promise<Entered>): Promise<string> {
  const { room } = await reply;
  addRoom(room);
  void catchUp();
  return room.id;
}
