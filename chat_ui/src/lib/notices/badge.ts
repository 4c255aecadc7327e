/** The number of calls on the page's icon in the tab, and on the icon of the installed app. */

const SIZE = 64;
const RADIUS = 22;
const HIGHEST = 9;

let shown = 0;
let plain: string | null = null;

export async function showBadge(count: number): Promise<void> {
  if (count === shown) return;
  shown = count;
  badgeApp(count);
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (!link) return;
  plain ??= link.href;
  try {
    const href = count === 0 ? plain : await draw(plain, count);
    // A later count may have been drawn sooner.
    if (shown === count) link.href = href;
  } catch (error) {
    console.warn("The icon shows no number.", error);
  }
}

/** Only an installed app has a place for it. */
function badgeApp(count: number): void {
  const done = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  done?.catch(() => undefined);
}

async function draw(plain: string, count: number): Promise<string> {
  const icon = new Image(SIZE, SIZE);
  icon.src = plain;
  await icon.decode();
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (!pen) return plain;
  const colours = getComputedStyle(document.documentElement);
  const middle = SIZE - RADIUS;
  pen.drawImage(icon, 0, 0, SIZE, SIZE);
  pen.fillStyle = colours.getPropertyValue("--red");
  pen.beginPath();
  pen.arc(middle, RADIUS, RADIUS, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = colours.getPropertyValue("--on-red");
  pen.font = `700 ${count > HIGHEST ? 28 : 36}px ${colours.fontFamily}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(count > HIGHEST ? `${HIGHEST}+` : String(count), middle, RADIUS + 2);
  return canvas.toDataURL("image/png");
}
