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

export const theme = createTheme({
  primaryColor: "ink",
  primaryShade: 7,
  colors: { ink },
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: "650" },
  autoContrast: true,
  respectReducedMotion: true,
});

/**
 * Mantine's own soft text and placeholders are too pale on white (3.3:1 where WCAG AA asks for 4.5:1), and so is the text of its light badges on their own
 * colour (4.4:1).
 */
export const variables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": colors.gray[7],
    "--mantine-color-placeholder": colors.gray[7],
    "--mantine-color-teal-light-color": "#06684a",
    "--mantine-color-red-light-color": "#a51d1d",
    "--mantine-color-yellow-light-color": "#7a4a00",
  },
  dark: { "--mantine-color-dimmed": colors.dark[1], "--mantine-color-placeholder": colors.dark[2] },
});
