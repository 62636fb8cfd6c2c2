import {
  ActionIcon,
  Anchor,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Select,
  Tooltip,
} from "@mantine/core";

/** The house colour, a quiet teal; shade 7 carries white text at 5:1 and stands out from the dark ground at 3:1. */
const lake: MantineColorsTuple = [
  "#e8f6f7",
  "#d2ecee",
  "#a4d7db",
  "#73c1c7",
  "#4bb0b8",
  "#2f9fa8",
  "#168d97",
  "#0b7a84",
  "#0a626b",
  "#074a51",
];

/** Dark grounds with a trace of blue instead of pure grey; 0 is text, 6 a card, 7 the page. */
const dark: MantineColorsTuple = [
  "#d3dae1",
  "#b7c1cb",
  "#9aa7b3",
  "#6f7c88",
  "#46525d",
  "#343f49",
  "#242d35",
  "#1a2127",
  "#13191e",
  "#0d1215",
];

export const theme = createTheme({
  black: "#17212b",
  primaryColor: "lake",
  primaryShade: 7,
  colors: { lake, dark },
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  headings: {
    fontWeight: "650",
    sizes: { h1: { fontSize: "1.5rem", lineHeight: "1.3" }, h2: { fontSize: "1.0625rem" } },
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "default", size: "lg" } }),
    Anchor: Anchor.extend({ defaultProps: { underline: "hover" } }),
    Select: Select.extend({ defaultProps: { allowDeselect: false, checkIconPosition: "right" } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true } } }),
  },
});

/** Colours that Mantine sets below the contrast WCAG 2.2 AA asks for, and the portal's own. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-dimmed": "#55606b",
    "--mantine-color-placeholder": "#66717c",
    "--mantine-color-error": "#b42318",
    "--portal-ground": "#f5f7f8",
    "--portal-line": "#e1e6ea",
    "--portal-control-border": "#87929c",
    "--portal-accent": "#0b7a84",
    "--portal-accent-faint": "rgba(11, 122, 132, 0.14)",
    "--portal-good": "#18794e",
    "--portal-fair": "#a15c00",
    "--portal-poor": "#c0281c",
  },
  dark: {
    "--mantine-color-body": "#1a2127",
    "--mantine-color-dimmed": "#a3afba",
    "--mantine-color-placeholder": "#93a0ac",
    "--mantine-color-error": "#ff9288",
    "--mantine-color-default-hover": "#20282f",
    "--portal-ground": "#13191e",
    "--portal-line": "#2b353e",
    "--portal-control-border": "#77848f",
    "--portal-accent": "#4bb0b8",
    "--portal-accent-faint": "rgba(75, 176, 184, 0.18)",
    "--portal-good": "#5fd39b",
    "--portal-fair": "#f2b45a",
    "--portal-poor": "#ff8d83",
  },
});
