/** Who is in a room, and what its people may do to each other. */
import { call } from "@/lib/api";
import type {
  CreateInviteBody,
  Invite,
  Invites,
  ListedMember,
  Members,
  NewInvite,
  Room,
  UpdateRoom,
} from "@/lib/protocol";
import { ask } from "./socket";
import { closedBecause } from "./writing";

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

export async function changeRoom(room_id: string, changes: Omit<UpdateRoom, "room_id" | "cid">): Promise<void> {
  await ask("room:update", { room_id, ...changes });
}

/** Keep somebody from writing until then, or without an end; null lets them write again. */
export async function muteMember(room_id: string, user_id: string, until?: string | null): Promise<void> {
  await ask("room:mute", { room_id, user_id, ...(until !== undefined && { until }) });
}

/** Take somebody out who may not come back. */
export async function banMember(room_id: string, user_id: string): Promise<void> {
  await ask("room:ban", { room_id, user_id });
}

export async function listInvitations(room_id: string): Promise<Invite[]> {
  return (await call<Invites>("GET", `/api/rooms/${room_id}/invites`)).items;
}

export async function revokeInvitation(room_id: string, invite_id: string): Promise<void> {
  await call("DELETE", `/api/rooms/${room_id}/invites/${invite_id}`);
}

/** Tell whether one may archive the room, and change who may see what of it. */
export function mayGovern({ kind, role }: Room): boolean {
  return kind !== "direct" && role === "owner";
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
  return room !== undefined && closedBecause(room) === null;
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
