import type { Format } from "../language/format.ts";
import { chartPoints, pointAt } from "./chart-data.ts";
import type { Curve } from "./curve.ts";
import { decimalText } from "./decimal.ts";
import type { CurveView } from "./quantity.ts";
import { axisTicks, type TimeSpan } from "./time-range.ts";

export interface ChartInput {
  curve: Curve;
  span: TimeSpan;
  view: CurveView;
  unit: string;
  zone: string;
  format: Format;
  /** What the tooltip says where there is none. */
  noValue: string;
}

/** From so many values on the line is drawn thinner. */
const crowded = 3000;

/** Room one label of the time axis takes, in px. */
const labelWidth = 62;

/** The whole chart. Colours come from the page's own variables, so that light and dark are said once. */
export function chartOption(input: ChartInput, width: number) {
  const { curve, view, unit, format } = input;
  const color = pageColors();
  const steps = view !== "values";
  return {
    animation: false,
    grid: { top: 46, right: 16, bottom: 64, left: 8, containLabel: true },
    xAxis: {
      type: "time",
      min: input.span.start,
      max: input.span.end,
      ...axisOf(input, { start: 0, end: 100 }, width),
      axisLine: { lineStyle: { color: color.line } },
      axisTick: { lineStyle: { color: color.line } },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      name: unit,
      nameTextStyle: { color: color.dimmed, align: "right", padding: [0, 6, 0, 0] },
      scale: !steps,
      axisLabel: { color: color.dimmed, formatter: (value: number) => format.number(value, 6) },
      splitLine: { lineStyle: { color: color.line } },
    },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: color.ground,
      borderColor: color.line,
      textStyle: { color: color.text, fontSize: 13 },
      axisPointer: { type: "line", lineStyle: { color: color.accent } },
      formatter: (parameters: { value: [number, number | null] }[]) => tooltip(input, parameters[0]?.value[0]),
    },
    dataZoom: [
      { type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, filterMode: "filter" },
      {
        type: "slider",
        height: 26,
        bottom: 10,
        filterMode: "filter",
        showDetail: false,
        // The library draws the shadow by index, not by time: with gaps it would lie.
        showDataShadow: false,
        borderColor: color.line,
        fillerColor: color.accentFaint,
        handleStyle: { color: color.ground, borderColor: color.accent },
        moveHandleStyle: { color: color.accent, opacity: 0.5 },
        brushSelect: false,
      },
    ],
    series: [
      {
        type: "line",
        data: chartPoints(curve),
        step: steps ? "end" : false,
        sampling: "lttb",
        connectNulls: false,
        showSymbol: steps ? hardlySeen(input) : curve.length <= 100,
        symbolSize: steps ? 6 : 4,
        lineStyle: { width: curve.length > crowded ? 1 : 1.6, color: color.accent },
        itemStyle: { color: color.accent },
        areaStyle: steps ? { color: color.accent, opacity: 0.13 } : undefined,
      },
    ],
  };
}

/** Steps so short within the span that the line is next to nothing: a dot marks where they are. */
function hardlySeen({ curve, span }: ChartInput): boolean {
  const [first, last] = [curve[0], curve.at(-1)];
  return first !== undefined && last !== undefined && last.end - first.start < (span.end - span.start) / 100;
}

/** Ticks and labels of the visible part, at round times of the zone. `zoom` is in percent of the span. */
export function axisOf({ span, zone, format }: ChartInput, zoom: { start: number; end: number }, width: number) {
  const length = (span.end - span.start) / 100;
  const visible = { start: span.start + zoom.start * length, end: span.start + zoom.end * length };
  const ticks = axisTicks(visible, zone, Math.max(2, Math.floor(width / labelWidth)));
  const partOf = new Map(ticks.map(({ at, part }) => [at, part]));
  const customValues = ticks.map(({ at }) => at);
  return {
    axisTick: { customValues },
    axisLabel: {
      customValues,
      color: pageColors().dimmed,
      hideOverlap: true,
      formatter: (time: number) => format.axis(time, zone, partOf.get(time) ?? "time"),
    },
  };
}

/** Built as elements, never as markup: units and names come from outside. */
function tooltip({ curve, unit, view, zone, format, noValue }: ChartInput, time: number | undefined): HTMLElement {
  const point = time === undefined ? undefined : pointAt(curve, time);
  const [root, value, when] = [
    document.createElement("div"),
    document.createElement("strong"),
    document.createElement("div"),
  ];
  value.textContent = point?.value == null ? noValue : `${format.decimal(decimalText(point.value))} ${unit}`;
  if (point)
    when.textContent =
      view === "values" && point.value !== null
        ? format.instant(point.start, zone)
        : format.period(point.start, point.end, zone);
  root.append(value, when);
  return root;
}

function pageColors() {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: read("--mantine-color-text"),
    dimmed: read("--mantine-color-dimmed"),
    ground: read("--mantine-color-body"),
    line: read("--portal-line"),
    accent: read("--portal-accent"),
    accentFaint: read("--portal-accent-faint"),
  };
}
