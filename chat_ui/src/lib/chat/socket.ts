/** The one socket to the gateway: it comes back by itself from everything but a session that ended. */
import { io, type Socket } from "socket.io-client";
import { ApiError } from "@/lib/api";
import type { Answer, Commands, ServerEvents } from "@/lib/protocol";
import { renewAccess, useSession } from "@/lib/session";
import { requeue } from "./outbox";
import { changeOutbox, setLink, useChat } from "./store";

// The server answers every command within 10 s; what takes longer got lost.
const ANSWER_MILLISECONDS = 12_000;
// Awake again, a phone wants to know soon whether the line is still there.
const PROBE_MILLISECONDS = 4_000;
// A gateway that accepts but never says ready is as good as none.
const READY_MILLISECONDS = 15_000;
const COME_BACK_MILLISECONDS = [500, 2_000, 5_000, 10_000];

/** Every command is one object, answered by an ack. */
type Emitted = {
  [Name in keyof Commands]: (
    payload: Commands[Name]["payload"],
    done: (answer: Answer<Commands[Name]["reply"]>) => void,
  ) => void;
};
type ServerSocket = Socket<ServerEvents, Emitted>;

let socket: ServerSocket | null = null;
let endingReason: string | null = null;
let failures = 0;
let stopFollowing = () => {};
let timer: ReturnType<typeof setTimeout> | undefined;

/** Open the socket; what `listen` does at `ready` runs before anything sees the link as online. */
export function openSocket(listen: (socket: ServerSocket) => void): void {
  socket = io({
    auth: (give) => give({ token: access() }),
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
    autoConnect: false,
  });
  listen(socket);
  socket.on("connect", () => {
    clearTimeout(timer);
    timer = setTimeout(() => socket?.io.engine.close(), READY_MILLISECONDS);
  });
  socket.on("ready", () => {
    clearTimeout(timer);
    failures = 0;
    endingReason = null;
    setLink("online");
  });
  socket.on("session:ending", ({ reason }) => {
    endingReason = reason;
  });
  socket.on("disconnect", (reason) => {
    clearTimeout(timer);
    setLink("connecting");
    changeOutbox(requeue);
    if (reason === "io server disconnect") comeBack();
  });
  socket.on("connect_error", () => {
    setLink("offline");
    // Refused by the server rather than not reached: the stock client does not try again.
    if (!socket?.active) comeBack();
  });
  stopFollowing = useSession.subscribe(handOver);
  window.addEventListener("online", reconnect);
  window.addEventListener("offline", onOffline);
  document.addEventListener("visibilitychange", probe);
  socket.connect();
}

export function closeSocket(): void {
  window.removeEventListener("online", reconnect);
  window.removeEventListener("offline", onOffline);
  document.removeEventListener("visibilitychange", probe);
  clearTimeout(timer);
  stopFollowing();
  socket?.off();
  socket?.disconnect();
  socket = null;
}

/** Try now rather than after the pause. */
export function reconnect(): void {
  if (!socket || socket.connected) return;
  clearTimeout(timer);
  endingReason = null;
  setLink("connecting");
  socket.disconnect().connect();
}

/** Send one command and return its ok answer; every failure is an ApiError. */
export async function ask<Name extends keyof Commands>(
  event: Name,
  payload: Commands[Name]["payload"],
  milliseconds = ANSWER_MILLISECONDS,
): Promise<Commands[Name]["reply"]> {
  if (!socket?.connected || useChat.getState().link !== "online") {
    throw new ApiError({ code: "unreachable", message: "Not connected.", retryable: true });
  }
  let answer: Answer<Commands[Name]["reply"]>;
  try {
    // The stock client's types do not follow a name that is chosen by the caller.
    const plain = socket.timeout(milliseconds) as unknown as Socket;
    answer = await plain.emitWithAck(event, payload);
  } catch {
    throw new ApiError({ code: "timeout", message: "No answer in time.", retryable: true });
  }
  if (!answer.ok) throw new ApiError(answer.error);
  return answer;
}

function access(): string {
  const session = useSession.getState();
  return session.status === "signed_in" ? session.access : "";
}

/** Hand a new access token to the living socket, which would end with the old one. */
function handOver(): void {
  const token = access();
  if (!token || useChat.getState().link !== "online") return;
  ask("auth:refresh", { token }).catch((error) => console.warn("The socket kept its old token.", error));
}

/** Come back with a new token after the server closed the session of the old one. */
function comeBack(): void {
  if (endingReason === "too_many") {
    setLink("ended");
    return;
  }
  clearTimeout(timer);
  const pause = COME_BACK_MILLISECONDS[Math.min(failures, COME_BACK_MILLISECONDS.length - 1)];
  failures += 1;
  timer = setTimeout(async () => {
    try {
      await renewAccess();
      socket?.connect();
    } catch (error) {
      // Where the session is over, the page has left by now and there is no socket any more.
      console.warn("Not connected again yet.", error);
      if (socket) comeBack();
    }
  }, pause);
}

/** Believe the browser at once, rather than wait until the line is found silent; where it is wrong the socket comes back. */
function onOffline(): void {
  socket?.io.engine?.close();
  setLink("offline");
}

function probe(): void {
  if (document.visibilityState !== "visible") return;
  if (useChat.getState().link !== "online") {
    if (useChat.getState().link === "offline") reconnect();
    return;
  }
  ask("ping:app", {}, PROBE_MILLISECONDS).catch((error) => {
    if (error.body.code === "timeout") socket?.io.engine.close();
  });
}
