import type { PageLife } from "./shared-stream.ts";

/**
 * This page's life, as the browser tells of it: `freeze` and `resume` of tabs that nobody looked at for long, `pagehide` and `pageshow` of pages that one goes back to
 * (https://developer.chrome.com/docs/web-platform/page-lifecycle-api).
 */
export const pageLife: PageLife = {
  isSeen: () => document.visibilityState === "visible",
  listen({ sleep, wake, look }) {
    const over = new AbortController();
    const { signal } = over;
    document.addEventListener("freeze", sleep, { signal });
    document.addEventListener("resume", wake, { signal });
    window.addEventListener("pagehide", sleep, { signal });
    window.addEventListener("pageshow", wake, { signal });
    document.addEventListener("visibilitychange", look, { signal });
    return () => over.abort();
  },
};
