import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** One accent, dark enough in its seventh shade for white text on it (WCAG AA). */
const ink: MantineColorsTuple = [
  "#eef3ff",
  "#dbe4fb",
  "#b5c7f4",
  "#8ca8ee",
  "#6a8de8",
  "#547de5",
  "#4874e4",
  "#2f5fcb",
  "#2c58b6",
  "#1f4aa1",
];

/** Mantine's red, darker from its seventh shade on: white text on that one has 5:1, where Mantine's own has 3.9:1. */
const red: MantineColorsTuple = [
  "#fff5f5",
  "#ffe3e3",
  "#ffc9c9",
  "#ffa8a8",
  "#ff8787",
  "#ff6b6b",
  "#fa5252",
  "#d02f2f",
  "#bd2828",
  "#a51d1d",
];

export const theme = createTheme({
  primaryColor: "ink",
  primaryShade: 7,
  colors: { ink, red },
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: "650" },
  autoContrast: true,
  respectReducedMotion: true,
  components: {
    // What is typed narrows the list, and Enter takes what it then begins with.
    Select: { defaultProps: { selectFirstOptionOnChange: true } },
    MultiSelect: { defaultProps: { selectFirstOptionOnChange: true } },
  },
});

/**
 * Mantine's own soft text and placeholders are too pale on white (3.3:1 where WCAG AA asks for 4.5:1), and so is the text of its light badges on their own
 * colour (4.4:1). What a form says is wrong has 3.3:1 on white, and 2.5:1 in the dark.
 */
export const variables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": colors.gray[7],
    "--mantine-color-placeholder": colors.gray[7],
    "--mantine-color-error": red[7],
    "--mantine-color-teal-light-color": "#06684a",
    "--mantine-color-red-light-color": "#a51d1d",
    "--mantine-color-yellow-light-color": "#7a4a00",
  },
  dark: {
    "--mantine-color-dimmed": colors.dark[1],
    "--mantine-color-placeholder": colors.dark[2],
    "--mantine-color-error": red[5],
  },
});
