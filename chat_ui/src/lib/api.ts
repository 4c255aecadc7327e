/** Calls the REST side of the server. Every failure is an ApiError with a code of the protocol's one table. */
import type { ErrorBody } from "./protocol";

export class ApiError extends Error {
  constructor(readonly body: ErrorBody) {
    super(body.message);
  }
}

const TIMEOUT_MILLISECONDS = 15_000;

type Renew = () => Promise<string>;
let access: string | null = null;
let renew: Renew | null = null;

/** Say which token calls carry, and how to get a new one when the server calls it expired. */
export function setAccess(token: string | null, how: Renew | null): void {
  access = token;
  renew = how;
}

/** Call with the access token; an expired one is renewed once. */
export async function call<T>(method: string, path: string, body?: object): Promise<T> {
  try {
    return await request<T>(method, path, body, access);
  } catch (error) {
    const outdated = error instanceof ApiError && ["token_expired", "unauthenticated"].includes(error.body.code);
    if (!outdated || !renew) throw error;
    return await request<T>(method, path, body, await renew());
  }
}

/** Call without a token, as the sign-in pages do; the header keeps other sites from riding on the cookie. */
export function callOpenly<T>(path: string, body: object): Promise<T> {
  return request<T>("POST", path, body, null);
}

async function request<T>(method: string, path: string, body: object | undefined, token: string | null): Promise<T> {
  const headers: Record<string, string> = { "X-ChatFlow": "1" };
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
  } catch {
    throw new ApiError({ code: "unreachable", message: "The server cannot be reached.", retryable: true });
  }
  const text = await response.text();
  const answer = parse(text);
  if (!response.ok) throw new ApiError(errorIn(answer, response));
  return answer as T;
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return null;
  }
}

/** Return the protocol's error; a proxy in between may answer something else. */
function errorIn(answer: unknown, response: Response): ErrorBody {
  const error = (answer as { error?: ErrorBody } | null)?.error;
  if (error?.code) return error;
  const code = response.status >= 500 ? "unavailable" : "invalid";
  return { code, message: `HTTP ${response.status}`, retryable: response.status >= 500 };
}
