/** What action links can do (requirements/000), each with what it needs. */
export const linkActions = [
  { name: "add_tag", needs: "tag" },
  { name: "del_tag", needs: "tag" },
  { name: "set_field", needs: "field" },
  { name: "add_to_funnel", needs: "sequence" },
  { name: "remove_from_funnel", needs: "sequence" },
  { name: "run_bot", needs: "flow" },
  { name: "stop_bot", needs: "flow" },
] as const;
export type LinkActionName = (typeof linkActions)[number]["name"];

/** How the other system's process names the person: an order's user, or the user itself. */
export const linkProcesses = ["orders", "users"] as const;
export type LinkProcess = (typeof linkProcesses)[number];

export interface ActionLink {
  readonly publicUrl: string;
  readonly domain: string;
  readonly token: string;
  readonly identifyBy: "email" | "cuid";
  readonly process: LinkProcess;
  readonly action: LinkActionName;
  /** A tag's or a field's name, or a ref. */
  readonly target: string;
  /** Of a field. */
  readonly value: string;
  /** Of a flow; null: it starts at the first. */
  readonly step: string | null;
}

/** The address as GetCourse's operation "Call URL" takes it. What the other system fills in (`{object…}`) stands as it is; everything else is encoded. */
export function toActionLink(link: ActionLink): string {
  const { publicUrl, domain, token, action, target, value, step } = link;
  const person = link.process === "orders" ? "object.user" : "object";
  const parts = [
    `domain_name=${encodeURIComponent(domain)}`,
    `token=${encodeURIComponent(token)}`,
    ...(link.identifyBy === "email"
      ? [`email={${person}.email}`, `phone={${person}.phone}`]
      : [`idBotHelp={${person}.bothelp_id}`]),
    `actions[${action}]=${encodeURIComponent(target)}`,
    ...(action === "set_field" ? [`actions[set_field_value]=${encodeValue(value)}`] : []),
    ...(action === "run_bot" && step !== null ? [`actions[step_ref]=${encodeURIComponent(step)}`] : []),
  ];
  return `${publicUrl}/compat/bothelp/gc?${parts.join("&")}`;
}

/** A value may be filled in by the other system too. */
function encodeValue(value: string): string {
  return value
    .split(/(\{object[^{}]*\})/)
    .map((part) => (part.startsWith("{object") ? part : encodeURIComponent(part)))
    .join("");
}
