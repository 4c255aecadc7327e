/** How the client's unit tests run; apart from vite.config.ts, which a build reads without the test tools. */
import { defineConfig, mergeConfig } from "vitest/config";
import build from "./vite.config.ts";

export default mergeConfig(
  build,
  defineConfig({
    test: {
      environment: "happy-dom",
      include: ["src/**/*.test.{ts,tsx}"],
      // By default one core is left idle, which of two is a half.
      maxWorkers: "100%",
      restoreMocks: true,
      setupFiles: ["src/testing/words.ts"],
    },
  }),
);
