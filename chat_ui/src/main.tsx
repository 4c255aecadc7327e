/** The browser's entry: puts the app into the page. */
import { createRoot } from "react-dom/client";
import { applyAppearance } from "@/lib/appearance";
import { takeEmailLink } from "@/lib/email-link";
import { loadWords } from "@/lib/i18n";
import { keepInstallPrompt } from "@/lib/install";
import { takeInvitation } from "@/lib/invitation";
import { askBeforeLeaving } from "@/lib/leaving";
import { followOtherTabs, startSession } from "@/lib/session";
import { registerWorker } from "@/lib/worker";
import { App } from "./app/app";
import "./app/global.css";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");
applyAppearance();
takeInvitation();
takeEmailLink();
keepInstallPrompt();
await loadWords();
createRoot(root).render(<App />);
followOtherTabs();
void startSession();
// While one works on the client there is none: it would keep what was changed.
askBeforeLeaving();
if (import.meta.env.PROD) registerWorker();
