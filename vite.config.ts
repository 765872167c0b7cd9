import react from "@vitejs/plugin-react";
import { defineConfig, type UserConfig } from "vite";

/** The widget: one file, no module loader, no dependency, for pages that are not ours. What it exports is `window.Repartee`. */
const widget: UserConfig = {
  build: {
    outDir: "dist/web",
    emptyOutDir: true,
    target: "es2022",
    lib: { entry: "web/widget/main.ts", formats: ["iife"], name: "Repartee", fileName: () => "widget.js" },
  },
};

/** The admin: pages of our own, in pieces that are loaded when they are needed. */
const admin: UserConfig = {
  root: "web/admin",
  base: "/",
  plugins: [react()],
  build: {
    outDir: "../../dist/web/admin",
    emptyOutDir: true,
    target: "es2022",
    // Pages allow no inline scripts: the policy of the server is stricter than what this would need.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The builder holds the engine.
    chunkSizeWarningLimit: 1_500,
  },
};

/** `--mode widget` or `--mode admin`; `scripts/build-web.ts` builds both. */
export default defineConfig(({ mode }) => (mode === "widget" ? widget : admin));
