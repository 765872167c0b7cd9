import { IconMapPin } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Location } from "../../../src/model/message.ts";

/** A point on the map, as a link to one. */
export function Place({ location: { latitude, longitude, title, address } }: { readonly location: Location }) {
  const { t } = useTranslation();
  const name = [title, address].filter((word) => word !== undefined && word !== "").join(", ");
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  return (
    <a href={map} target="_blank" rel="noreferrer noopener" style={{ color: "inherit", display: "block" }}>
      <IconMapPin size={16} aria-hidden /> {name === "" ? t("inbox.place") : name}
    </a>
  );
}
