import {
  ActionIcon,
  AppShell,
  Avatar,
  Box,
  Burger,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  ThemeIcon,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLogout, IconMessageCircle2Filled, IconMoon, IconSun, IconUserCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api.ts";
import { renewSession, useSession } from "../session.ts";
import { LanguageMenu } from "./language-menu.tsx";
import { useLiveNews } from "./live.ts";
import { places } from "./menu.ts";
import { ProofDialog } from "./proof-dialog.tsx";
import { MissingPage } from "./trouble.tsx";

const groups = [...Map.groupBy(places, ({ group }) => group)];

/** The frame around every page of a workspace. */
export function Shell() {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const session = useSession();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useRouterState({ select: ({ location }) => location });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes when one has gone somewhere.
  useEffect(close, [pathname, close]);
  useLiveNews(domain, session?.user?.id);
  const workspace = session?.workspaces.find((one) => one.domain === domain);
  if (session === undefined || workspace === undefined) return <MissingPage />;
  const base = `/w/${domain}`;
  const isHere = (to: string) =>
    to === "" ? pathname === base || pathname === `${base}/` : pathname.startsWith(`${base}${to}`);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t("nav.menu")} />
            <ThemeIcon radius="md" aria-hidden>
              <IconMessageCircle2Filled size={18} />
            </ThemeIcon>
            <WorkspaceMenu name={workspace.name} />
          </Group>
          <Group gap={4} wrap="nowrap">
            <LanguageMenu />
            <SchemeButton />
            <PersonMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t("nav.menu")}>
        <AppShell.Section grow component={ScrollArea}>
          {groups.map(([group, members]) => (
            <Box key={group} mb="xs">
              <Text size="xs" fw={600} c="dimmed" px="sm" py={4}>
                {t(`menuGroup.${group}`)}
              </Text>
              {members.map(({ to, word, icon: Icon }) => (
                <NavLink
                  key={to}
                  component={Link}
                  to={`${base}${to}`}
                  activeOptions={{ exact: true }}
                  activeProps={{ className: "" }}
                  label={t(word)}
                  leftSection={<Icon size={18} />}
                  active={isHere(to)}
                  aria-current={isHere(to) ? "page" : undefined}
                />
              ))}
            </Box>
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
        <ProofDialog />
      </AppShell.Main>
    </AppShell>
  );
}

function WorkspaceMenu({ name }: { readonly name: string }) {
  const session = useSession();
  const others = session?.workspaces ?? [];
  if (others.length < 2) {
    return (
      <Text fw={650} className="cut">
        {name}
      </Text>
    );
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Text component="button" type="button" fw={650} className="cut" bg="transparent" bd={0} p={0}>
          {name} ▾
        </Text>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map((one) => (
          <Menu.Item key={one.id} component={Link} to={`/w/${one.domain}`}>
            {one.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function SchemeButton() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "light" ? "dark" : "light";
  const label = t(`scheme.${other}`);
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setColorScheme(other)}>
        {scheme === "light" ? <IconMoon size={20} /> : <IconSun size={20} />}
      </ActionIcon>
    </Tooltip>
  );
}

function PersonMenu() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { domain } = useParams({ from: "/w/$domain" });
  const user = useSession()?.user;
  if (user === null || user === undefined) return null;
  const name = user.name === "" ? user.email : user.name;
  const signOut = async () => {
    await call("DELETE", "/auth/session");
    await renewSession(client);
    await navigate({ to: "/sign-in", search: {} });
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" radius="xl">
          <Avatar size={30} color="ink" variant="filled" name={name} aria-hidden />
          <VisuallyHidden>{name}</VisuallyHidden>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item component={Link} to={`/w/${domain}/settings/account`} leftSection={<IconUserCircle size={16} />}>
          {t("nav.account")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {t("nav.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
