/** The catalogue's entry: every component in its states, on samples and without a server. */
import { createRoot } from "react-dom/client";
import { applyAppearance } from "@/lib/appearance";
import { loadWords } from "@/lib/i18n";
import { Catalogue } from "./catalogue";
import { fillIn } from "./samples";
import "@/app/global.css";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");
applyAppearance();
await loadWords();
fillIn();
createRoot(root).render(<Catalogue />);
