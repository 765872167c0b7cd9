import { labelStore } from "../../store/label-store.ts";
import { nameResource } from "./names.ts";

export const labelResource = nameResource(labelStore, "label", "Labels");
