import { Box, type ComboboxParsedItem, Group, NavLink, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Link, Outlet, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../session.ts";
import { findSetting } from "./find-settings.ts";
import { settingsPlaces } from "./menu.ts";
import { useMayChange } from "./resource.ts";

/** One page of the settings in its menu. */
interface Place {
  readonly group: (typeof settingsPlaces)[number]["group"];
  /** The whole path. */
  readonly path: string;
  readonly name: string;
  /** What stands in it. */
  readonly words: string;
  readonly isHere: boolean;
}

/** The settings have a menu of their own beside their pages, with a search; on a phone it is one field above them. */
export function SettingsShell() {
  const { t } = useTranslation();
  const places = usePlaces();
  const menu = useShownPlace(places.find(({ isHere }) => isHere)?.path);
  return (
    <Group align="flex-start" wrap="nowrap" gap="lg">
      <Box
        component="nav"
        aria-label={t("menu.settings")}
        visibleFrom="md"
        w={210}
        flex="none"
        ref={menu}
        className="settings-menu"
      >
        <SettingsMenu places={places} />
      </Box>
      <Box flex={1} miw={0}>
        <SettingsSelect places={places} />
        <Outlet />
      </Box>
    </Group>
  );
}

/** The menu is longer than a window is high: it scrolls by itself, and the page that is shown is in sight in it. The page stays where it is. */
function useShownPlace(path: string | undefined) {
  const menu = useRef<HTMLElement>(null);
  useEffect(() => {
    const frame = menu.current;
    const entry = path === undefined ? null : frame?.querySelector("[aria-current=page]");
    if (frame === null || entry == null) return;
    const [outer, inner] = [frame.getBoundingClientRect(), entry.getBoundingClientRect()];
    const isInSight = inner.top >= outer.top && inner.bottom <= outer.bottom;
    if (!isInSight) frame.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  }, [path]);
  return menu;
}

/** The pages that whoever looks may see. */
function usePlaces(): readonly Place[] {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const { pathname } = useRouterState({ select: ({ location }) => location });
  const mayChange = useMayChange();
  const mayWatchOver = useSession()?.mayWatchOver === true;
  const words = t("settingsSearch.words", { returnObjects: true });
  return settingsPlaces
    .filter((place) => (mayChange || !("isForAdmins" in place)) && (mayWatchOver || !("isForWatchers" in place)))
    .map((place) => {
      const path = `/w/${domain}/settings${place.to}`;
      const isHere = pathname === path || pathname.startsWith(`${path}/`);
      return { group: place.group, path, name: t(place.word), words: words[place.word], isHere };
    });
}

function SettingsMenu({ places }: { readonly places: readonly Place[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [search, setSearch] = useState("");
  const found = places.flatMap((place) => {
    const fit = findSetting(place, search);
    return fit === undefined ? [] : [{ ...place, by: fit.by }];
  });
  const [first] = found;
  return (
    <>
      <search>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (search.trim() !== "" && first !== undefined) void navigate({ to: first.path });
          }}
        >
          <TextInput
            type="search"
            mb="sm"
            aria-label={t("settingsSearch.label")}
            placeholder={t("settingsSearch.placeholder")}
            leftSection={<IconSearch size={16} />}
            value={search}
            onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        </form>
      </search>
      {[...Map.groupBy(found, ({ group }) => group)].map(([group, members]) => (
        <Stack key={group} gap={0} mb="sm">
          <Text size="xs" fw={600} c="dimmed" px="sm" py={4}>
            {t(`menuGroup.${group}`)}
          </Text>
          {members.map(({ path, name, by, isHere }) => (
            <NavLink
              key={path}
              component={Link}
              to={path}
              activeProps={{ className: "" }}
              label={name}
              description={by}
              active={isHere}
              aria-current={isHere ? "page" : undefined}
              py={6}
            />
          ))}
        </Stack>
      ))}
      <Text size="sm" c="dimmed" px="sm" role="status">
        {first === undefined ? t("settingsSearch.none") : ""}
      </Text>
    </>
  );
}

function SettingsSelect({ places }: { readonly places: readonly Place[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const here = places.find(({ isHere }) => isHere);
  const fits = (path: string, search: string) => {
    const place = places.find((one) => one.path === path);
    return place !== undefined && findSetting(place, search) !== undefined;
  };
  return (
    <Select
      hiddenFrom="md"
      mb="md"
      searchable
      aria-label={t("menu.settings")}
      leftSection={<IconSearch size={16} />}
      // What is typed next takes the place of the page's name.
      onFocus={({ currentTarget }) => currentTarget.select()}
      onClick={({ currentTarget }) => currentTarget.select()}
      nothingFoundMessage={t("settingsSearch.none")}
      data={[...Map.groupBy(places, ({ group }) => group)].map(([group, members]) => ({
        group: t(`menuGroup.${group}`),
        items: members.map(({ path, name }) => ({ value: path, label: name })),
      }))}
      filter={({ options, search }) => {
        // As it stands there is the page that is shown, and no search.
        const isTyped = search !== here?.name;
        return options.flatMap((option): ComboboxParsedItem[] => {
          if (!("items" in option)) return [option];
          const items = option.items.filter(({ value }) => !isTyped || fits(value, search));
          return items.length === 0 ? [] : [{ ...option, items }];
        });
      }}
      value={here?.path ?? null}
      allowDeselect={false}
      onChange={(path) => path !== null && void navigate({ to: path })}
    />
  );
}
