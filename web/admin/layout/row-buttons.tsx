import { Group } from "@mantine/core";
import { DeleteButton } from "./delete-button.tsx";
import { EditButton } from "./edit-button.tsx";
import { useApi } from "./page.tsx";
import { useRenew } from "./resource.ts";

/** At the end of a row, for who may change the thing in it: editing, and deleting it once it is said what is lost. */
export function RowButtons({
  name,
  loss,
  list,
  id,
  onEdit,
}: {
  readonly name: string;
  readonly loss: string;
  /** The list's path in the API. */
  readonly list: string;
  readonly id: number;
  /** Undefined: they may not. */
  readonly onEdit: (() => void) | undefined;
}) {
  const api = useApi();
  const renew = useRenew();
  if (onEdit === undefined) return null;
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <EditButton name={name} onClick={onEdit} />
      <DeleteButton
        name={name}
        loss={loss}
        onDelete={async () => {
          await api.send("DELETE", `${list}/${id}`);
          await renew(list);
        }}
      />
    </Group>
  );
}
