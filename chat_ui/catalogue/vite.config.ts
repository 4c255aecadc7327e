/** How the catalogue is built: as the product is, into a folder that is not shipped. */
import { defineConfig, mergeConfig } from "vite";
import product from "../vite.config.ts";

const OUTSIDE = new URL("../../build/ui-catalogue", import.meta.url).pathname;

export default mergeConfig(
  product,
  defineConfig({
    base: "./",
    build: {
      outDir: OUTSIDE,
      emptyOutDir: true,
      rolldownOptions: { input: new URL("./index.html", import.meta.url).pathname },
    },
  }),
);
