import { defineConfig } from "vitest/config";

const COMMON = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  globalSetup: "test/support/shared-folder.ts",
  pool: "forks",
} as const;

/**
 * Unit tests share their processes: none changes a global or a module, and a process of its own for
 * each of them takes longer than the tests. All others start, kill and plant: each file by itself.
 */
export default defineConfig({
  test: {
    // Left to itself one of two processors works: many tests wait for a child, a socket or a disk.
    maxWorkers: 3,
    projects: [
      { test: { ...COMMON, name: "unit", include: ["test/unit/**/*.test.ts"], isolate: false } },
      {
        test: {
          ...COMMON,
          name: "whole",
          include: ["test/**/*.test.ts"],
          exclude: ["test/unit/**", "test/soak/**", "node_modules/**"],
        },
      },
    ],
  },
});
