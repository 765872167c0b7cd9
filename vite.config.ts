import { defineConfig } from "vite";

/** The widget: one file, no module loader, no dependency, for pages that are not ours. What it exports is `window.Repartee`. */
export default defineConfig({
  build: {
    outDir: "dist/web",
    emptyOutDir: true,
    target: "es2022",
    lib: { entry: "web/widget/main.ts", formats: ["iife"], name: "Repartee", fileName: () => "widget.js" },
  },
});
