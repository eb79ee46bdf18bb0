/** The tests that mutants of the portfolio, execution and records rooms are held against. */
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, ".."),
    include: [
      "test/unit/portfolio/**/*.test.ts",
      "test/unit/execution/**/*.test.ts",
      "test/unit/ledger/**/*.test.ts",
      "test/unit/records/**/*.test.ts",
    ],
    globalSetup: ["test/support/shared-folder.ts"],
    testTimeout: 60_000,
  },
});
