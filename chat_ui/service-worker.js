/**
 * Lets the page open without the server, from the files that the build lists here. It never touches what is asked of the
 * services. A new version takes over at once, and leaves an open page the files of its own.
 * A page is opened from what is kept, without asking; the browser looks for a newer worker by itself each time.
 */
const VERSION = "__VERSION__";
const FILES = ["__FILES__"];
const PREFIX = "chatflow-";
const SERVICES = /^\/(api|socket\.io|internal|metrics|admin|static)(\/|$)/;
// The version before may still be open somewhere, and loads parts of itself late.
const VERSIONS_KEPT = 2;

self.addEventListener("install", (event) => {
  // Where the browser can, it takes the code and the style from the cache by itself, before this worker has started.
  event.addRoutes?.(["js", "css"].map((kind) => ({ condition: { urlPattern: `/assets/*.${kind}` }, source: "cache" })));
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || SERVICES.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(answerPage(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(answerHashed(request));
  else if (FILES.includes(pathname)) event.respondWith(answerFresh(request));
});

self.addEventListener("push", (event) => {
  event.waitUntil(showPush(event.data));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openMessage(event.notification.data?.path ?? "/"));
});

async function install() {
  const cache = await caches.open(PREFIX + VERSION);
  await cache.addAll(["/", ...FILES].map((path) => new Request(path, { cache: "no-cache" })));
  await self.skipWaiting();
}

async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  // They are listed in the order in which they were made.
  const old = names.filter((name) => name !== PREFIX + VERSION).slice(0, -(VERSIONS_KEPT - 1));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The page of this version, which is the same at every address. */
async function answerPage(request) {
  const kept = await (await caches.open(PREFIX + VERSION)).match("/");
  return kept ?? fetch(request);
}

/** What is named after its content never changes; fonts are kept once they were needed. */
async function answerHashed(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const fetched = await fetch(request);
  if (fetched.ok) {
    const copy = fetched.clone();
    const cache = await caches.open(PREFIX + VERSION);
    // A disk that is full keeps nobody from reading.
    cache.put(request, copy).catch(() => undefined);
  }
  return fetched;
}

/**
 * Show a push, which has the declarative form that some browsers show by themselves. It replaces what the room showed before,
 * without a sound where a tab has shown the same already. Where a tab is looked at, its own note is enough.
 */
async function showPush(data) {
  const { notification = {} } = data?.json() ?? {};
  const { title = "ChatFlow", body, lang, tag, navigate = "/", app_badge } = notification;
  if (app_badge !== undefined) await badgeApp(Number(app_badge));
  if (tag !== "test" && (await listTabs()).some(({ focused }) => focused)) return;
  const { pathname, search } = new URL(navigate, location.origin);
  const before = tag ? await self.registration.getNotifications({ tag }) : [];
  const is_known = before.some((one) => one.data?.seq >= notification.data?.seq);
  const options = { body, lang, tag, icon: "/icon-192.png", data: { ...notification.data, path: pathname + search } };
  // To be renotified of nothing in particular is an error.
  await self.registration.showNotification(title, {
    ...options,
    renotify: Boolean(tag) && !is_known,
    silent: is_known,
  });
}

/** Only an installed app has a place for it. */
async function badgeApp(count) {
  const done = count > 0 ? self.navigator.setAppBadge?.(count) : self.navigator.clearAppBadge?.();
  await done?.catch(() => undefined);
}

/** Return the tabs with the page, the one that was looked at last first. */
async function listTabs() {
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return tabs.filter(({ url }) => !SERVICES.test(new URL(url).pathname));
}

/** In the tab that was looked at last, or in a new one. */
async function openMessage(path) {
  const [tab] = await listTabs();
  if (!tab) {
    await self.clients.openWindow(path);
    return;
  }
  tab.postMessage({ type: "open", path });
  await tab.focus();
}

async function answerFresh(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request);
    if (kept) return kept;
    throw error;
  }
}
