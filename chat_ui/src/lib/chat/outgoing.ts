/** The webhooks that send a room's events to other programs. */
import { call } from "@/lib/api";
import type { AddOutgoingBody, Outgoing, OutgoingMade, OutgoingSecret, Outgoings, OutgoingTried } from "@/lib/protocol";

export type EventType = AddOutgoingBody["events"][number];

/** What a webhook may want, in the parts in which one chooses. */
export const WANTED = {
  messages: ["message.created"],
  changes: ["message.edited", "message.deleted", "preview.added"],
  reactions: ["reaction.added", "reaction.removed"],
  pins: ["message.pinned", "message.unpinned"],
  members: [
    "member.joined",
    "member.left",
    "member.kicked",
    "member.banned",
    "member.unbanned",
    "member.muted",
    "member.role",
  ],
  room: ["room.created", "room.updated", "room.trimmed", "invite.created", "invite.revoked"],
} as const satisfies Record<string, readonly EventType[]>;
export type Part = keyof typeof WANTED;
export const PARTS = Object.keys(WANTED) as Part[];

const pathOf = (room_id: string) => `/api/rooms/${room_id}/outgoing`;

export async function listOutgoing(room_id: string): Promise<Outgoing[]> {
  return (await call<Outgoings>("GET", pathOf(room_id))).items;
}

export function addOutgoing(room_id: string, { url, parts }: { url: string; parts: Part[] }): Promise<OutgoingMade> {
  const body: AddOutgoingBody = { url, events: parts.flatMap((part) => [...WANTED[part]]) };
  return call<OutgoingMade>("POST", pathOf(room_id), body);
}

export async function removeOutgoing(room_id: string, id: string): Promise<void> {
  await call("DELETE", `${pathOf(room_id)}/${id}`);
}

export function resumeOutgoing(room_id: string, id: string): Promise<Outgoing> {
  return call<Outgoing>("POST", `${pathOf(room_id)}/${id}/resume`);
}

export async function renewSecret(room_id: string, id: string): Promise<string> {
  return (await call<OutgoingSecret>("POST", `${pathOf(room_id)}/${id}/secret`)).secret;
}

export function tryOutgoing(room_id: string, id: string): Promise<OutgoingTried> {
  return call<OutgoingTried>("POST", `${pathOf(room_id)}/${id}/test`);
}

/** Return in which parts a webhook wants something. */
export function partsOf({ events }: Outgoing): Part[] {
  return PARTS.filter((part) => WANTED[part].some((event) => events.includes(event)));
}
