/** Installing the page as an app, where the browser offers it: it is asked for in its place, and never by itself. */
import { create } from "zustand";

/** As browsers that can install a page tell it; it is in no standard's types yet. */
interface InstallPrompt extends Event {
  prompt(): Promise<void>;
  userChoice: Promise<{ outcome: "accepted" | "dismissed" }>;
}

interface Install {
  prompt: InstallPrompt | null;
  is_installed: boolean;
}

export const useInstall = create<Install>(() => ({ prompt: null, is_installed: false }));

/** Keep the browser's offer for later; called once, before it is made. */
export function keepInstallPrompt(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    useInstall.setState({ prompt: event as InstallPrompt });
  });
  window.addEventListener("appinstalled", () => useInstall.setState({ prompt: null, is_installed: true }));
}

/** Ask the person; an offer can be taken up once. */
export async function install(): Promise<void> {
  const { prompt } = useInstall.getState();
  if (!prompt) return;
  useInstall.setState({ prompt: null });
  await prompt.prompt();
  const { outcome } = await prompt.userChoice;
  if (outcome === "accepted") useInstall.setState({ is_installed: true });
}
