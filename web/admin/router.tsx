import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { readContactFilter } from "./contacts/contact-filter.ts";
import { BrokenPage, MissingPage } from "./layout/trouble.tsx";
import { InvitationPage } from "./pages/invitation-page.tsx";
import { SetupPage } from "./pages/setup-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { sessionQuery } from "./session.ts";

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
  component: MissingPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    // Only ways within this site: a link must not lead elsewhere after the sign-in.
    typeof search.to === "string" && /^\/(?!\/)/.test(search.to) ? { to: search.to } : {},
  component: SignInPage,
});
const setup = createRoute({ getParentRoute: () => root, path: "/setup", component: SetupPage });
const invitation = createRoute({ getParentRoute: () => root, path: "/invitation/$secret", component: InvitationPage });

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/w/$domain",
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session.user === null) throw redirect({ to: "/sign-in", search: { to: location.href } });
  },
  component: lazyRouteComponent(() => import("./layout/shell.tsx"), "Shell"),
});

const overview = createRoute({
  getParentRoute: () => workspace,
  path: "/",
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
  component: lazyRouteComponent(() => import("./builder/builder-page.tsx"), "BuilderPage"),
});
const account = createRoute({
  getParentRoute: () => workspace,
  path: "/account",
  component: lazyRouteComponent(() => import("./settings/account-page.tsx"), "AccountPage"),
});
const members = createRoute({
  getParentRoute: () => workspace,
  path: "/settings/members",
  component: lazyRouteComponent(() => import("./settings/members-page.tsx"), "MembersPage"),
});

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([
      home,
      signIn,
      setup,
      invitation,
      workspace.addChildren([overview, contacts, contactImport, contact, inbox, flows, builder, account, members]),
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
