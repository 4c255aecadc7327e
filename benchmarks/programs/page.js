// What the benchmark of the browser client asks of a page; it runs there before anything of the page itself.
(() => {
  const frame = () => new Promise(requestAnimationFrame);
  // Resolves when the frame that is being made is on the screen; to be called in one.
  const presented = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    });
  // Resolves when what was changed until now is on the screen.
  const painted = () => frame().then(presented);
  const list = () => document.querySelector('[role="log"]');

  const firstMessages = new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector("[data-message]")) return;
      observer.disconnect();
      resolve(painted());
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
  });

  // Press the room's link, and return after how many milliseconds its messages are on the screen.
  async function switchTo(room_id) {
    const link = document.querySelector(`nav a[href="/rooms/${room_id}"]`);
    const before = list();
    const begun = performance.now();
    link.click();
    for (;;) {
      await frame();
      const now = list();
      if (now && now !== before && now.querySelector("[data-message]")) break;
    }
    // They are in this frame: one more would be none that anybody waits for.
    return (await presented()) - begun;
  }

  // Scroll up until `rows` messages were passed; returns how long it took and the frames in between.
  async function scrollBack(rows, step) {
    const box = list();
    const nodes = box.getElementsByTagName("*");
    const top = () => Number(box.querySelector("[data-seq]").dataset.seq);
    const goal = Number([...box.querySelectorAll("[data-seq]")].at(-1).dataset.seq) - rows;
    const frames = [];
    let most = 0;
    const begun = performance.now();
    let last = await frame();
    while (top() > goal) {
      box.scrollTop -= step;
      const at = await frame();
      frames.push(at - last);
      last = at;
      most = Math.max(most, nodes.length);
    }
    return { milliseconds: performance.now() - begun, frames, nodes: most };
  }

  // The same steps through a list with nothing in it, for what this machine can do.
  async function scrollNothing(count, step) {
    const box = document.createElement("div");
    const inside = document.createElement("div");
    Object.assign(box.style, { position: "fixed", inset: "0", overflow: "auto", zIndex: "99" });
    inside.style.height = `${count * step + 5000}px`;
    box.append(inside);
    document.body.append(box);
    box.scrollTop = box.scrollHeight;
    const frames = [];
    let last = await frame();
    for (let taken = 0; taken < count; taken += 1) {
      box.scrollTop -= step;
      const at = await frame();
      frames.push(at - last);
      last = at;
    }
    box.remove();
    return frames;
  }

  // The scripts that came before the first messages, as they came over the line.
  const scripts = () =>
    performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.endsWith(".js") && !name.endsWith("/service-worker.js"))
      .map(({ name, encodedBodySize, startTime }) => ({ name, bytes: encodedBodySize, at: startTime }));

  async function until(isSo) {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 200));
  }

  const listed = (rooms) => until(() => document.querySelectorAll('nav a[href^="/rooms/"]').length >= rooms);

  // The rooms in the browser's store, with the messages of one at least, and the worker that opens the page.
  const kept = (rooms) =>
    until(async () => {
      if (!(await navigator.serviceWorker.getRegistration())?.active) return false;
      const opened = await answer(indexedDB.open(`chatflow.${localStorage.getItem("chatflow.signed_in")}`));
      const found = await answer(opened.transaction("rooms").objectStore("rooms").getAll());
      opened.close();
      return found.length >= rooms && found.some(({ messages }) => messages);
    });

  const answer = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  window.bench = { firstMessages, switchTo, scrollBack, scrollNothing, scripts, listed, kept };
})();
