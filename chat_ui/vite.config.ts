/** How the client is built, and served while one works on it: `npm run dev` passes /api and the socket on to CHATFLOW_URL. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { emojiData } from "./src/lib/emoji/data-plugin.ts";

const backend = process.env.CHATFLOW_URL ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react(), emojiData()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  // A strict content policy allows no data: addresses, so nothing is inlined.
  build: { target: "baseline-widely-available", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    // The server answers pages of its own origin only.
    proxy: Object.fromEntries(
      ["/api", "/socket.io"].map((path) => [
        path,
        { target: backend, ws: true, changeOrigin: true, headers: { origin: new URL(backend).origin } },
      ]),
    ),
  },
});
