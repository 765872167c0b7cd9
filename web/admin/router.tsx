import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { beginFlow } from "./builder/flow-query.ts";
import { readLogFilter } from "./connections/log-filter.ts";
import { readContactFilter } from "./contacts/contact-filter.ts";
import { BrokenPage, MissingPage } from "./layout/trouble.tsx";
import { readReportChoice } from "./overview/report-choice.ts";
import { InvitationPage } from "./pages/invitation-page.tsx";
import { SecondFactorPage } from "./pages/second-factor-page.tsx";
import { SetupPage } from "./pages/setup-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { sessionQuery } from "./session.ts";
import { readAuditFilter } from "./settings/audit-filter.ts";

interface RouterContext {
  readonly client: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: MissingPage });

/** Sends whoever comes to the front door where they belong. */
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session.user === null) throw redirect({ to: session.needsSetup ? "/setup" : "/sign-in" });
    const [first] = session.workspaces;
    if (first !== undefined) throw redirect({ to: "/w/$domain", params: { domain: first.domain } });
  },
  component: lazyRouteComponent(() => import("./pages/no-workspace-page.tsx"), "NoWorkspacePage"),
});

/** Only ways within this site: a link must not lead elsewhere after the sign-in. */
function readWay({ to }: Record<string, unknown>): { to?: string } {
  return typeof to === "string" && /^\/(?![\\/])/.test(to) ? { to } : {};
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: readWay,
  component: SignInPage,
});
const secondFactor = createRoute({
  getParentRoute: () => root,
  path: "/second-factor",
  validateSearch: readWay,
  component: SecondFactorPage,
});
const forgottenPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgotten-password",
  component: lazyRouteComponent(() => import("./pages/forgotten-password-page.tsx"), "ForgottenPasswordPage"),
});
const newPassword = createRoute({
  getParentRoute: () => root,
  path: "/new-password",
  component: lazyRouteComponent(() => import("./pages/new-password-page.tsx"), "NewPasswordPage"),
});
const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: "/confirm-email",
  component: lazyRouteComponent(() => import("./pages/confirm-email-page.tsx"), "ConfirmEmailPage"),
});
const setup = createRoute({ getParentRoute: () => root, path: "/setup", component: SetupPage });
const invitation = createRoute({ getParentRoute: () => root, path: "/invitation/$secret", component: InvitationPage });

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/w/$domain",
  beforeLoad: async ({ context, location, params }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session.user === null) throw redirect({ to: "/sign-in", search: { to: location.href } });
    const isBarred = session.workspaces.some(
      ({ domain, needsSecondFactor }) => domain === params.domain && needsSecondFactor,
    );
    if (isBarred && !session.user.hasSecondFactor) {
      throw redirect({ to: "/second-factor", search: { to: location.href } });
    }
  },
  component: lazyRouteComponent(() => import("./layout/shell.tsx"), "Shell"),
});

const overview = createRoute({
  getParentRoute: () => workspace,
  path: "/",
  validateSearch: readReportChoice,
  component: lazyRouteComponent(() => import("./pages/overview-page.tsx"), "OverviewPage"),
});
const contacts = createRoute({
  getParentRoute: () => workspace,
  path: "/contacts",
  validateSearch: readContactFilter,
  component: lazyRouteComponent(() => import("./contacts/contacts-page.tsx"), "ContactsPage"),
});
const contactImport = createRoute({
  getParentRoute: () => workspace,
  path: "/contacts/import",
  validateSearch: (search: Record<string, unknown>): { id?: number } =>
    typeof search.id === "number" ? { id: search.id } : {},
  component: lazyRouteComponent(() => import("./contacts/import-page.tsx"), "ImportPage"),
});
const contact = createRoute({
  getParentRoute: () => workspace,
  path: "/contacts/$id",
  component: lazyRouteComponent(() => import("./contacts/contact-page.tsx"), "ContactPage"),
});
const inbox = createRoute({
  getParentRoute: () => workspace,
  path: "/inbox",
  validateSearch: (search: Record<string, unknown>): { contact?: number; tab?: string } => ({
    ...(typeof search.contact === "number" ? { contact: search.contact } : {}),
    ...(typeof search.tab === "string" ? { tab: search.tab } : {}),
  }),
  component: lazyRouteComponent(() => import("./inbox/inbox-page.tsx"), "InboxPage"),
});
const flows = createRoute({
  getParentRoute: () => workspace,
  path: "/flows",
  component: lazyRouteComponent(() => import("./flows/flows-page.tsx"), "FlowsPage"),
});
const builder = createRoute({
  getParentRoute: () => workspace,
  path: "/flows/$ref",
  // A look at the link is no visit: by the time of that the draft may be another.
  loader: ({ params, cause }) => {
    if (cause === "enter") beginFlow(params.domain, params.ref);
  },
  gcTime: 0,
  component: lazyRouteComponent(() => import("./builder/builder-page.tsx"), "BuilderPage"),
});
const sales = createRoute({
  getParentRoute: () => workspace,
  path: "/sales",
  component: lazyRouteComponent(() => import("./sales/plans-page.tsx"), "PlansPage"),
});
const board = createRoute({
  getParentRoute: () => workspace,
  path: "/sales/$ref",
  component: lazyRouteComponent(() => import("./sales/board-page.tsx"), "BoardPage"),
});
/** Where the account's page once was: what people kept of it leads on. */
const formerAccount = createRoute({
  getParentRoute: () => workspace,
  path: "/account",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/w/$domain/settings/account", params });
  },
});
const settings = createRoute({
  getParentRoute: () => workspace,
  path: "/settings",
  component: lazyRouteComponent(() => import("./layout/settings-shell.tsx"), "SettingsShell"),
});
const account = createRoute({
  getParentRoute: () => settings,
  path: "/account",
  component: lazyRouteComponent(() => import("./settings/account-page.tsx"), "AccountPage"),
});
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/w/$domain/settings/channels", params });
  },
});
const members = createRoute({
  getParentRoute: () => settings,
  path: "/members",
  component: lazyRouteComponent(() => import("./settings/members-page.tsx"), "MembersPage"),
});
const channels = createRoute({
  getParentRoute: () => settings,
  path: "/channels",
  component: lazyRouteComponent(() => import("./settings/channels-page.tsx"), "ChannelsPage"),
});
const channel = createRoute({
  getParentRoute: () => settings,
  path: "/channels/$id",
  component: lazyRouteComponent(() => import("./settings/channel-page.tsx"), "ChannelPage"),
});
const entryLinks = createRoute({
  getParentRoute: () => workspace,
  path: "/entry-links",
  component: lazyRouteComponent(() => import("./links/entry-links-page.tsx"), "EntryLinksPage"),
});
const entryLink = createRoute({
  getParentRoute: () => workspace,
  path: "/entry-links/$ref",
  component: lazyRouteComponent(() => import("./links/entry-link-page.tsx"), "EntryLinkPage"),
});
const tags = createRoute({
  getParentRoute: () => settings,
  path: "/tags",
  component: lazyRouteComponent(() => import("./data/names-page.tsx"), "TagsPage"),
});
const labels = createRoute({
  getParentRoute: () => settings,
  path: "/labels",
  component: lazyRouteComponent(() => import("./data/names-page.tsx"), "LabelsPage"),
});
const fields = createRoute({
  getParentRoute: () => settings,
  path: "/fields",
  component: lazyRouteComponent(() => import("./data/fields-page.tsx"), "FieldsPage"),
});
const variables = createRoute({
  getParentRoute: () => settings,
  path: "/variables",
  component: lazyRouteComponent(() => import("./data/variables-page.tsx"), "VariablesPage"),
});
const secrets = createRoute({
  getParentRoute: () => settings,
  path: "/secrets",
  component: lazyRouteComponent(() => import("./data/secrets-page.tsx"), "SecretsPage"),
});
const customEvents = createRoute({
  getParentRoute: () => settings,
  path: "/events",
  component: lazyRouteComponent(() => import("./data/custom-events-page.tsx"), "CustomEventsPage"),
});
const closingNotes = createRoute({
  getParentRoute: () => settings,
  path: "/closing-notes",
  component: lazyRouteComponent(() => import("./data/closing-notes-page.tsx"), "ClosingNotesPage"),
});
const sequences = createRoute({
  getParentRoute: () => workspace,
  path: "/sequences",
  component: lazyRouteComponent(() => import("./sequences/sequences-page.tsx"), "SequencesPage"),
});
const sequence = createRoute({
  getParentRoute: () => workspace,
  path: "/sequences/$ref",
  component: lazyRouteComponent(() => import("./sequences/sequence-page.tsx"), "SequencePage"),
});
const integrations = createRoute({
  getParentRoute: () => settings,
  path: "/integrations",
  component: lazyRouteComponent(() => import("./connections/integrations-page.tsx"), "IntegrationsPage"),
});
const actionLinks = createRoute({
  getParentRoute: () => settings,
  path: "/action-links",
  component: lazyRouteComponent(() => import("./connections/action-links-page.tsx"), "ActionLinksPage"),
});
const tokens = createRoute({
  getParentRoute: () => settings,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./connections/tokens-page.tsx"), "TokensPage"),
});
const webhooks = createRoute({
  getParentRoute: () => settings,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./connections/webhooks-page.tsx"), "WebhooksPage"),
});
const inboundWebhooks = createRoute({
  getParentRoute: () => settings,
  path: "/inbound-webhooks",
  component: lazyRouteComponent(() => import("./connections/inbound-webhooks-page.tsx"), "InboundWebhooksPage"),
});
const log = createRoute({
  getParentRoute: () => settings,
  path: "/log",
  validateSearch: readLogFilter,
  component: lazyRouteComponent(() => import("./connections/log-page.tsx"), "LogPage"),
});
const products = createRoute({
  getParentRoute: () => workspace,
  path: "/products",
  component: lazyRouteComponent(() => import("./sales/products-page.tsx"), "ProductsPage"),
});
const orders = createRoute({
  getParentRoute: () => workspace,
  path: "/orders",
  component: lazyRouteComponent(() => import("./sales/orders-page.tsx"), "OrdersPage"),
});
const broadcasts = createRoute({
  getParentRoute: () => workspace,
  path: "/broadcasts",
  component: lazyRouteComponent(() => import("./broadcasts/broadcasts-page.tsx"), "BroadcastsPage"),
});
const broadcast = createRoute({
  getParentRoute: () => workspace,
  path: "/broadcasts/$id",
  component: lazyRouteComponent(() => import("./broadcasts/broadcast-page.tsx"), "BroadcastPage"),
});
const workspaceSettings = createRoute({
  getParentRoute: () => settings,
  path: "/workspace",
  component: lazyRouteComponent(() => import("./settings/workspace-page.tsx"), "WorkspacePage"),
});
const savedReplies = createRoute({
  getParentRoute: () => settings,
  path: "/saved-replies",
  component: lazyRouteComponent(() => import("./settings/saved-replies-page.tsx"), "SavedRepliesPage"),
});
const auditLog = createRoute({
  getParentRoute: () => settings,
  path: "/audit-log",
  validateSearch: readAuditFilter,
  component: lazyRouteComponent(() => import("./settings/audit-log-page.tsx"), "AuditLogPage"),
});
const failures = createRoute({
  getParentRoute: () => settings,
  path: "/failures",
  component: lazyRouteComponent(() => import("./settings/failures-page.tsx"), "FailuresPage"),
});
const system = createRoute({
  getParentRoute: () => settings,
  path: "/system",
  component: lazyRouteComponent(() => import("./system/system-page.tsx"), "SystemPage"),
});

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([
      home,
      signIn,
      secondFactor,
      forgottenPassword,
      newPassword,
      confirmEmail,
      setup,
      invitation,
      workspace.addChildren([
        overview,
        contacts,
        contactImport,
        contact,
        inbox,
        flows,
        builder,
        sales,
        board,
        formerAccount,
        broadcast,
        broadcasts,
        orders,
        products,
        sequence,
        sequences,
        entryLink,
        entryLinks,
        settings.addChildren([
          settingsHome,
          account,
          failures,
          system,
          workspaceSettings,
          auditLog,
          savedReplies,
          log,
          inboundWebhooks,
          webhooks,
          tokens,
          actionLinks,
          integrations,
          closingNotes,
          customEvents,
          variables,
          secrets,
          fields,
          labels,
          tags,
          members,
          channels,
          channel,
        ]),
      ]),
    ]),
    context: { client },
    defaultPreload: "intent",
    defaultErrorComponent: BrokenPage,
    defaultNotFoundComponent: MissingPage,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
