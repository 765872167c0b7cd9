import { createNameStore } from "./name-store.ts";

/** The tags of a workspace. Actions may make new ones too (`outcome-store.ts`). */
export const tagStore = createNameStore("tags", "tag");
