import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useMayChange } from "./resource.ts";

/** What a list of things that owners and admins set up has around it. */
interface Edited<Item> {
  /** Opens the dialog for a new one. */
  readonly create: ReactNode;
  /** Opens it for one that there is. Undefined: who looks may not. */
  readonly onEdit: ((item: Item) => void) | undefined;
  /** The dialog while it is open; undefined: for a new one. */
  readonly dialog: (show: (item: Item | undefined, onClose: () => void) => ReactNode) => ReactNode;
}

export function useEdited<Item extends object>(createLabel: string): Edited<Item> {
  const [edited, setEdited] = useState<Item | "new" | null>(null);
  const mayChange = useMayChange();
  return {
    create: mayChange ? (
      <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
        {createLabel}
      </Button>
    ) : null,
    onEdit: mayChange ? setEdited : undefined,
    dialog: (show) => (edited === null ? null : show(edited === "new" ? undefined : edited, () => setEdited(null))),
  };
}
