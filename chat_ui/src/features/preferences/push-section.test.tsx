import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setLanguage } from "@/lib/i18n";
import { DEVICES_PATH, usePush } from "@/lib/notices/push";
import { openDesktop } from "@/testing/desktop";
import { closePush, type FakePush, openPush } from "@/testing/push";
import { PushSection } from "./push-section";

const PHONE = { id: "phone", device: "Firefox, Android", language: "en", text: true, created_at: "", confirmed_at: "" };
const HERE = { ...PHONE, id: "here", device: "Chrome, Linux" };
let push: FakePush;

async function open(permission: NotificationPermission, ...devices: object[]): Promise<void> {
  openDesktop(permission);
  push = openPush();
  push.answers["GET /api/notifications/push/key"] = { key: "AAAA" };
  push.answers[`POST ${DEVICES_PATH}`] = { id: "here" };
  push.answers[`GET ${DEVICES_PATH}`] = { items: devices };
  await act(async () => void render(<PushSection me="me" />));
}

const press = (name: string) => act(async () => void fireEvent.click(screen.getByRole("button", { name })));
const theSwitch = () => screen.getByRole("switch", { name: "Push to this device" }) as HTMLInputElement;

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  usePush.setState({ id: null });
});
afterEach(() => {
  cleanup();
  closePush();
});

test("the switch subscribes this device, which is then on the list and marked", async () => {
  await open("granted");
  push.answers[`GET ${DEVICES_PATH}`] = { items: [HERE, PHONE] };
  expect(theSwitch().checked).toBe(false);
  await act(async () => void fireEvent.click(theSwitch()));
  expect(theSwitch().checked).toBe(true);
  expect(push.bound_to).toBe("AAAA");
  expect(screen.getAllByText("this device")).toHaveLength(1);
});

test("each device can be sent a test, and says what became of it", async () => {
  await open("granted", PHONE);
  push.answers[`POST ${DEVICES_PATH}/phone/test`] = { sent: true };
  await press("Send a test to Firefox, Android");
  expect(screen.getByText(/appears there/)).toBeTruthy();
  push.answers[`POST ${DEVICES_PATH}/phone/test`] = { sent: false, reason: "gone" };
  await press("Send a test to Firefox, Android");
  expect(screen.getByText(/takes no pushes any more/)).toBeTruthy();
  push.answers[`POST ${DEVICES_PATH}/phone/test`] = { error: { code: "rate_limited", message: "", retryable: true } };
  await press("Send a test to Firefox, Android");
  expect(screen.getByText(/a test just now/)).toBeTruthy();
});

test("a device can be taken off the list", async () => {
  await open("granted", PHONE);
  push.answers[`GET ${DEVICES_PATH}`] = { items: [] };
  await press("Remove Firefox, Android");
  expect(push.asked).toContainEqual({ method: "DELETE", path: `${DEVICES_PATH}/phone`, body: null });
  expect(screen.queryByRole("list")).toBeNull();
});

test("who has refused reads how to change that, and a server that does not answer is said", async () => {
  await open("denied");
  expect(screen.getByText(/by the sign beside the address/)).toBeTruthy();
  expect(screen.queryByRole("switch")).toBeNull();
  cleanup();
  await open("granted");
  push.answers["GET /api/notifications/push/key"] = null;
  await act(async () => void fireEvent.click(theSwitch()));
  expect(screen.getByRole("alert").textContent).toContain("did not work");
  expect(theSwitch().checked).toBe(false);
});
