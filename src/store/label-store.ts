import { createNameStore } from "./name-store.ts";

/** The labels of a workspace. Actions may make new ones too (`outcome-store.ts`). */
export const labelStore = createNameStore("labels", "label");
