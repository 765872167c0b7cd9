import { defineConfig } from "vitest/config";

/**
 * Three projects. `main` is what `npm test` runs. `crash` kills servers under load and measures seconds, so it runs alone, file
 * by file. `e2e` needs a browser.
 *
 * The time limits are for two slow cores: a new PGlite takes up to 4 s there.
 */
export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    hookTimeout: 120_000,
    passWithNoTests: true,
    projects: [
      {
        extends: true,
        test: {
          name: "main",
          include: ["{src,test,web,scripts,bench}/**/*.test.ts"],
          exclude: ["test/crash/**", "**/node_modules/**"],
          testTimeout: 90_000,
          // Files share a process and what it has loaded: a third of the time (207 s instead of 624 for 221 files). A test leaves nothing behind that is the process's.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: "crash", include: ["test/crash/**/*.test.ts"], fileParallelism: false, testTimeout: 900_000 },
      },
      {
        extends: true,
        test: { name: "e2e", include: ["e2e/**/*.test.ts"], fileParallelism: false, testTimeout: 120_000 },
      },
    ],
  },
});
