/** The long tests: real installations, kills at many moments. One at a time, with time to finish. */
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, ".."),
    include: ["test/soak/**/*.test.ts"],
    testTimeout: 1_800_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    globalSetup: ["test/support/shared-folder.ts"],
    pool: "forks",
  },
});
