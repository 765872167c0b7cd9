import { Box, Group, NavLink, Select, Stack, Text } from "@mantine/core";
import { Link, Outlet, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useSession } from "../session.ts";
import { settingsPlaces } from "./menu.ts";
import { useMayChange } from "./resource.ts";

/** The settings have a menu of their own beside their pages; on a phone it is one field above them. */
export function SettingsShell() {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const { pathname } = useRouterState({ select: ({ location }) => location });
  const navigate = useNavigate();
  const base = `/w/${domain}/settings`;
  const isHere = (to: string) => pathname === `${base}${to}` || pathname.startsWith(`${base}${to}/`);
  const mayChange = useMayChange();
  const mayWatchOver = useSession()?.mayWatchOver === true;
  const mine = settingsPlaces.filter(
    (place) => (mayChange || !("isForAdmins" in place)) && (mayWatchOver || !("isForWatchers" in place)),
  );
  const groups = [...Map.groupBy(mine, ({ group }) => group)];
  const here = settingsPlaces.find(({ to }) => isHere(to));
  return (
    <Group align="flex-start" wrap="nowrap" gap="lg">
      <Box component="nav" aria-label={t("menu.settings")} visibleFrom="md" w={190} flex="none">
        {groups.map(([group, members]) => (
          <Stack key={group} gap={0} mb="sm">
            <Text size="xs" fw={600} c="dimmed" px="sm" py={4}>
              {t(`menuGroup.${group}`)}
            </Text>
            {members.map(({ to, word }) => (
              <NavLink
                key={to}
                component={Link}
                to={`${base}${to}`}
                activeProps={{ className: "" }}
                label={t(word)}
                active={isHere(to)}
                aria-current={isHere(to) ? "page" : undefined}
                py={6}
              />
            ))}
          </Stack>
        ))}
      </Box>
      <Box flex={1} miw={0}>
        <Select
          hiddenFrom="md"
          mb="md"
          aria-label={t("menu.settings")}
          data={groups.map(([group, members]) => ({
            group: t(`menuGroup.${group}`),
            items: members.map(({ to, word }) => ({ value: to, label: t(word) })),
          }))}
          value={here?.to ?? null}
          allowDeselect={false}
          onChange={(to) => to !== null && void navigate({ to: `${base}${to}` })}
        />
        <Outlet />
      </Box>
    </Group>
  );
}
