import { createNameStore } from "./name-store.ts";

/** The labels of a workspace. Actions may make new ones too (`rare-change-store.ts`). */
export const labelStore = createNameStore("labels", "label");
