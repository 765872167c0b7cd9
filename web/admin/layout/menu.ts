import {
  IconAddressBook,
  IconBox,
  IconChartBar,
  IconClockPlay,
  IconInbox,
  IconLayoutKanban,
  IconLink,
  IconReceipt,
  IconSend,
  IconSettings,
  IconSitemap,
} from "@tabler/icons-react";

/** The pages of a workspace, in the order of the menu, each under its group. `to` is under the workspace's own address. */
export const places = [
  { group: "talk", to: "", word: "nav.overview", icon: IconChartBar },
  { group: "talk", to: "/inbox", word: "nav.inbox", icon: IconInbox },
  { group: "talk", to: "/contacts", word: "nav.contacts", icon: IconAddressBook },
  { group: "build", to: "/flows", word: "nav.flows", icon: IconSitemap },
  { group: "build", to: "/entry-links", word: "menu.entryLinks", icon: IconLink },
  { group: "build", to: "/broadcasts", word: "menu.broadcasts", icon: IconSend },
  { group: "build", to: "/sequences", word: "menu.sequences", icon: IconClockPlay },
  { group: "sell", to: "/sales", word: "nav.sales", icon: IconLayoutKanban },
  { group: "sell", to: "/products", word: "menu.products", icon: IconBox },
  { group: "sell", to: "/orders", word: "menu.orders", icon: IconReceipt },
  { group: "more", to: "/settings", word: "menu.settings", icon: IconSettings },
] as const;

/** The pages of the settings, in the order of their own menu. `to` is under `/settings`. */
export const settingsPlaces = [
  { group: "connections", to: "/channels", word: "menu.channels" },
  { group: "connections", to: "/integrations", word: "menu.integrations" },
  { group: "connections", to: "/action-links", word: "menu.actionLinks" },
  { group: "connections", to: "/webhooks", word: "menu.webhooks" },
  { group: "connections", to: "/inbound-webhooks", word: "menu.inboundWebhooks" },
  { group: "connections", to: "/tokens", word: "menu.tokens" },
  { group: "data", to: "/tags", word: "nav.tags" },
  { group: "data", to: "/labels", word: "menu.labels" },
  { group: "data", to: "/fields", word: "menu.fields" },
  { group: "data", to: "/variables", word: "menu.variables" },
  { group: "data", to: "/secrets", word: "menu.secrets" },
  { group: "data", to: "/events", word: "menu.customEvents" },
  { group: "team", to: "/workspace", word: "menu.workspace" },
  { group: "team", to: "/members", word: "nav.members" },
  { group: "team", to: "/account", word: "nav.account" },
  { group: "team", to: "/saved-replies", word: "inbox.saved" },
  { group: "team", to: "/closing-notes", word: "menu.closingNotes" },
  { group: "operation", to: "/audit-log", word: "menu.auditLog", isForAdmins: true },
  { group: "operation", to: "/log", word: "menu.log" },
  { group: "operation", to: "/failures", word: "menu.failures" },
  { group: "operation", to: "/system", word: "menu.system", isForWatchers: true },
] as const;
