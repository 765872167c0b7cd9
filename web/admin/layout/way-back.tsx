import { Anchor, Box } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

/** The list that a page's thing is in. */
export interface ListPlace {
  readonly name: string;
  /** Under the workspace's own address. */
  readonly to: string;
}

/** Above the title of one thing: the way to the list of all of them. */
export function WayBack({ list: { name, to } }: { readonly list: ListPlace }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  return (
    <Box component="nav" aria-label={t("nav.wayBack")}>
      <Anchor
        component={Link}
        to={`/w/${domain}${to}`}
        size="sm"
        style={{ display: "inline-flex", alignItems: "center" }}
      >
        <IconChevronLeft size={16} aria-hidden />
        {name}
      </Anchor>
    </Box>
  );
}
