// The look of Tiffin in Mantine's words: paper, ink, the green of a lacquered carrier and the gold of its rim.
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const leaf: MantineColorsTuple = [
  "#e9f6f2",
  "#d3ebe4",
  "#a6d7ca",
  "#75c2ae",
  "#4caf96",
  "#2f9e84",
  "#168069",
  "#0e6a58",
  "#0b5547",
  "#073f35",
];
const gold: MantineColorsTuple = [
  "#fff7e3",
  "#ffedc6",
  "#fcdb8f",
  "#f9c854",
  "#f4b740",
  "#e09d18",
  "#a96f04",
  "#865603",
  "#6b4504",
  "#4d3205",
];
const chilli: MantineColorsTuple = [
  "#fdeeec",
  "#f9d9d5",
  "#f2b1a9",
  "#ea877b",
  "#e16454",
  "#d64a39",
  "#bb3526",
  "#9c2a1e",
  "#7d2118",
  "#5c1811",
];

/** One family for both scripts, so that a line with both has one weight and one height; it comes with the page. */
const FONT = '"Noto Sans Myanmar", system-ui, sans-serif';

export const theme = createTheme({
  colors: { leaf, gold, chilli },
  primaryColor: "leaf",
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: "md",
  radius: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  fontFamily: FONT,
  headings: { fontFamily: FONT, fontWeight: "600" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Modal: {
      defaultProps: {
        centered: true,
        radius: "lg",
        padding: "lg",
        overlayProps: { backgroundOpacity: 0.5 },
      },
    },
  },
});

/** The few colours of our own, by what they are for. Every pair of text and ground has a contrast of 4.5 or more. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#f6f3ec",
    "--mantine-color-text": "#1f1c17",
    "--mantine-color-dimmed": "#625b50",
    "--mantine-color-placeholder": "#6f675b",
    "--mantine-color-default-border": "#dcd5c7",
    "--mantine-color-disabled": "#ece7dc",
    "--mantine-color-disabled-color": "#8b8375",
    "--mantine-color-disabled-border": "#dcd5c7",
    "--surface": "#fffdf9",
    "--surface-sunk": "#ece7dc",
    "--line": "#dcd5c7",
    "--ink-soft": "#625b50",
    "--accent": "#0e6a58",
    "--accent-soft": "#dcefe8",
    "--accent-ink": "#0b5547",
    "--warn": "#865603",
    "--warn-soft": "#ffedc6",
    "--danger": "#9c2a1e",
    "--danger-soft": "#fbe3df",
    "--shadow": "0 1px 2px rgb(60 48 20 / 8%), 0 4px 14px rgb(60 48 20 / 6%)",
  },
  dark: {
    "--mantine-color-body": "#161513",
    "--mantine-color-text": "#f2ede3",
    "--mantine-color-dimmed": "#b3aa9b",
    "--mantine-color-placeholder": "#a0978a",
    "--mantine-color-default-border": "#3b3731",
    "--mantine-color-disabled": "#2b2824",
    "--mantine-color-disabled-color": "#7d766b",
    "--mantine-color-disabled-border": "#3b3731",
    "--surface": "#211f1c",
    "--surface-sunk": "#2b2824",
    "--line": "#3b3731",
    "--ink-soft": "#b3aa9b",
    "--accent": "#4caf96",
    "--accent-soft": "#17382f",
    "--accent-ink": "#a6d7ca",
    "--warn": "#fcdb8f",
    "--warn-soft": "#3f2e0c",
    "--danger": "#f2b1a9",
    "--danger-soft": "#451e19",
    "--shadow": "0 1px 2px rgb(0 0 0 / 40%)",
  },
});
