/** Who is in a room, and what its people may do to each other. */
import { call } from "@/lib/api";
import type { CreateInviteBody, ListedMember, Members, NewInvite, Room } from "@/lib/protocol";
import { ask } from "./socket";

/** What somebody may do in a room. */
export type Role = ListedMember["role"];

const RANK: Record<Role, number> = { reader: 0, member: 1, moderator: 2, owner: 3 };

export function listMembers(room_id: string, cursor: string | null): Promise<Members> {
  const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
  return call<Members>("GET", `/api/rooms/${room_id}/members${query}`);
}

export async function addMember(room_id: string, user_id: string): Promise<void> {
  await ask("room:invite", { room_id, user_id });
}

export async function removeMember(room_id: string, user_id: string): Promise<void> {
  await ask("room:kick", { room_id, user_id });
}

export async function changeRole(room_id: string, user_id: string, role: Role): Promise<void> {
  await ask("room:role", { room_id, user_id, role });
}

export async function describeRoom(room_id: string, changes: { name?: string; topic?: string }): Promise<void> {
  await ask("room:update", { room_id, ...changes });
}

/** Make a link that lets in `uses` people until then; its token is told this once. */
export async function makeInvitation(room_id: string, { uses, days }: { uses: number; days: number }): Promise<string> {
  const until = new Date(Date.now() + days * 24 * 3600 * 1000).toISOString();
  const body: CreateInviteBody = { uses, until };
  const made = await call<NewInvite>("POST", `/api/rooms/${room_id}/invites`, body);
  return made.token;
}

/** Tell whether one may write here, and react. */
export function mayWrite(room: Room | undefined): boolean {
  return room !== undefined && !room.archived && room.role !== "reader";
}

/** Tell whether somebody of this role may add people to the room. */
export function mayAdd({ kind, role, archived }: Room): boolean {
  return kind !== "direct" && !archived && rank(role) >= RANK.member;
}

export function mayModerate({ kind, role }: Room): boolean {
  return kind !== "direct" && rank(role) >= RANK.moderator;
}

/** Tell whether one may change the name and the topic. */
export function mayDescribe(room: Room): boolean {
  if (room.archived) return false;
  return room.kind === "group" ? rank(room.role) >= RANK.member : mayModerate(room);
}

/** Tell whether `mine` may change somebody of the role `other`: only who stands below. */
export function isBelow(other: Role, mine: Role | undefined): boolean {
  return RANK[other] < rank(mine);
}

function rank(role: Role | undefined): number {
  return role === undefined ? -1 : RANK[role];
}
