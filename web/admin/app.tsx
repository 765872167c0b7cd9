import { MantineProvider, mergeThemeOverrides } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { isPassing } from "./api.ts";
import { keepEnterInLists } from "./layout/enter-in-list.ts";
import { createAppRouter } from "./router.tsx";
import { watchSession } from "./session.ts";
import { theme, variables } from "./theme.ts";

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: (count, error) => isPassing(error) && count < 3, staleTime: 5_000 },
    },
  });
}

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
// What locks the page's scrolling under a dialog makes a style element too, and asks for the nonce by this name.
Object.assign(globalThis, { __webpack_nonce__: nonce });

export function App() {
  const { t } = useTranslation();
  const closing = t("action.close");
  const toggle = t("passwordReset.toggle");
  const spoken = useMemo(
    () =>
      mergeThemeOverrides(theme, {
        components: {
          // The cross of a notice has no text of its own, and the eye of a password an English one.
          Notification: { defaultProps: { closeButtonProps: { "aria-label": closing } } },
          PasswordInput: { defaultProps: { visibilityToggleButtonProps: { "aria-label": toggle } } },
        },
      }),
    [closing, toggle],
  );
  const [client] = useState(createQueryClient);
  const [router] = useState(() => createAppRouter(client));
  useEffect(() => keepEnterInLists(document), []);
  useEffect(
    () =>
      watchSession(client, ({ user }) => {
        // Of what one person saw, nothing is shown to another.
        if (user === null) void router.invalidate();
        else location.reload();
      }),
    [client, router],
  );
  return (
    <MantineProvider
      theme={spoken}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={client}>
        <Notices />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Where a notice lies over nothing that is pressed next: in the corner of the menu's free end, and on a phone, which has none, at the top. */
function Notices() {
  const isNarrow = useMediaQuery("(max-width: 48em)");
  return <Notifications position={isNarrow ? "top-center" : "bottom-left"} />;
}
