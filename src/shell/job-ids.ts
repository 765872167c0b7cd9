/** What jobs call the things that they are about. */
const names = [
  "workspaceId",
  "botId",
  "contactId",
  "channelId",
  "positionId",
  "deliveryId",
  "delivery",
  "broadcast",
  "broadcastId",
  "import",
  "importId",
  "integrationId",
  "sequenceId",
];

/** The ids in a job's data, for the log: nothing else of it. */
export function jobIds(data: unknown): Record<string, unknown> {
  const given = (data as { readonly value?: unknown } | null)?.value;
  if (typeof given !== "object" || given === null) return {};
  const values = given as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    names.flatMap((name) => (typeof values[name] === "number" || isId(values[name]) ? [[name, values[name]]] : [])),
  );
}

const isId = (value: unknown) => typeof value === "string" && /^[0-9a-z_-]{1,64}$/i.test(value);
