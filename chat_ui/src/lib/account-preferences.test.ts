import { beforeEach, expect, test, vi } from "vitest";
import { ME, user } from "@/testing/events";
import { agreeWithAccount, chooseLanguage, chooseTimeZone } from "./account-preferences";
import { language, setLanguage } from "./i18n";
import { setTimeZone, timeZone } from "./i18n/time-zone";
import { useSession } from "./session";

/** What the account says, and what it was told. */
let account: { locale: string | null; time_zone: string | null };
const told: unknown[] = [];
/** Holds answers back until it is opened. */
let gate: Promise<void>;
let open: () => void;
let is_away = false;

beforeEach(async () => {
  localStorage.clear();
  useSession.setState({ status: "signed_in", user: user(ME), access: "" }, true);
  account = { locale: null, time_zone: null };
  told.length = 0;
  is_away = false;
  gate = Promise.resolve();
  vi.stubGlobal("fetch", async (_path: string, { method, body }: RequestInit) => {
    if (is_away) throw new TypeError("no connection");
    const said = { ...account };
    if (method === "GET") await gate;
    else {
      Object.assign(account, JSON.parse(String(body)));
      told.push(JSON.parse(String(body)));
    }
    return Response.json({ ...user(ME), ...(method === "GET" ? said : account) });
  });
  setTimeZone(null);
  await setLanguage("en");
  localStorage.clear();
});

function holdBack(): void {
  gate = new Promise((resolve) => {
    open = resolve;
  });
}

test("a new device takes what the account says", async () => {
  account = { locale: "ko-KR", time_zone: "Asia/Seoul" };
  await agreeWithAccount(ME);
  expect([language(), timeZone()]).toEqual(["ko", "Asia/Seoul"]);
  expect(told).toEqual([]);
});

test("an account that never chose a language is told that of the page, and one of no use to the page stays", async () => {
  await agreeWithAccount(ME);
  expect(told).toEqual([{ locale: "en" }]);
  account.locale = "fr";
  await agreeWithAccount(ME);
  expect([language(), account.locale, told.length]).toEqual(["en", "fr", 1]);
});

test("what is chosen here goes to the account", async () => {
  account.locale = "en";
  await chooseLanguage("ko");
  await chooseTimeZone("Asia/Seoul");
  expect(account).toEqual({ locale: "ko", time_zone: "Asia/Seoul" });
  expect(language()).toBe("ko");
});

test("a late answer of the account overwrites nothing that was chosen meanwhile", async () => {
  account = { locale: "en", time_zone: "Europe/Berlin" };
  holdBack();
  const asking = agreeWithAccount(ME);
  await chooseLanguage("ko");
  await chooseTimeZone("Asia/Seoul");
  open();
  await asking;
  expect([language(), timeZone()]).toEqual(["ko", "Asia/Seoul"]);
  expect(account).toEqual({ locale: "ko", time_zone: "Asia/Seoul" });
});

test("a choice that could not be told is told the next time, rather than overwritten", async () => {
  account.locale = "en";
  is_away = true;
  await chooseLanguage("ko");
  is_away = false;
  await agreeWithAccount(ME);
  expect([language(), account.locale]).toEqual(["ko", "ko"]);
  account.locale = "en";
  await agreeWithAccount(ME);
  expect(language()).toBe("en");
});

test("a language chosen before signing in goes to the account of whoever signs in then", async () => {
  useSession.setState({ status: "signed_out", user: null }, true);
  await chooseLanguage("ko");
  expect(told).toEqual([]);
  account.locale = "en";
  await agreeWithAccount(ME);
  expect([language(), account.locale]).toEqual(["ko", "ko"]);
});
