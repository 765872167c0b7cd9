import { tagStore } from "../../store/tag-store.ts";
import { nameResource } from "./names.ts";

export const tagResource = nameResource(tagStore, "tag", "Tags");
