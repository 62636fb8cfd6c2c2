import { ActionIcon, Group, Tooltip, useComputedColorScheme } from "@mantine/core";
import { IconZoomIn, IconZoomOut, IconZoomReset } from "@tabler/icons-react";
import { LineChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, TooltipComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../language/use-format.ts";
import { axisOf, type ChartInput, chartOption } from "./chart-option.ts";
import classes from "./load-curve-chart.module.css";

use([LineChart, GridComponent, TooltipComponent, DataZoomComponent, SVGRenderer]);

/** The visible part of the span, in percent. */
interface Zoom {
  start: number;
  end: number;
}

const whole: Zoom = { start: 0, end: 100 };

/** The chart. Everything a pointer can do is on the keys too: + and - zoom, arrows move, 0 shows the whole. */
export function LoadCurveChart({ label, ...input }: Omit<ChartInput, "format" | "noValue"> & { label: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const scheme = useComputedColorScheme();
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const zoom = useRef(whole);
  const { curve, span, view, unit, zone } = input;
  const noValue = t("curve.noValue");

  useEffect(() => {
    const element = container.current!;
    const instance = init(element, null, { renderer: "svg" });
    chart.current = instance;
    const observer = new ResizeObserver(() => instance.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      instance.dispose();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the colours that chartOption reads from the page.
  useEffect(() => {
    const instance = chart.current!;
    const complete = { curve, span, view, unit, zone, format, noValue };
    const showAxis = () => instance.setOption({ xAxis: axisOf(complete, zoom.current, instance.getWidth()) });
    const onZoom = (event: unknown) => {
      zoom.current = zoomOf(event);
      showAxis();
    };
    zoom.current = whole;
    instance.setOption(chartOption(complete, instance.getWidth()), { notMerge: true });
    instance.on("datazoom", onZoom);
    return () => {
      if (!instance.isDisposed()) instance.off("datazoom", onZoom);
    };
  }, [curve, span, view, unit, zone, format, noValue, scheme]);

  const show = (next: Zoom) => chart.current?.dispatchAction({ type: "dataZoom", ...within(next) });
  const scale = (factor: number) => show(scaled(zoom.current, factor));
  const onKey = (event: KeyboardEvent) => {
    const action = keys(zoom.current)[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    show(action);
  };

  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keys below move and zoom the chart. */}
      <div ref={container} className={classes.chart} role="img" aria-label={label} tabIndex={0} onKeyDown={onKey} />
      <Group gap={4} className={classes.zoom!} role="group" aria-label={t("curve.zoom")}>
        <Tooltip label={t("curve.zoomIn")}>
          <ActionIcon size="md" aria-label={t("curve.zoomIn")} onClick={() => scale(0.5)}>
            <IconZoomIn size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("curve.zoomOut")}>
          <ActionIcon size="md" aria-label={t("curve.zoomOut")} onClick={() => scale(2)}>
            <IconZoomOut size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("curve.zoomReset")}>
          <ActionIcon size="md" aria-label={t("curve.zoomReset")} onClick={() => show(whole)}>
            <IconZoomReset size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </div>
  );
}

function keys(zoom: Zoom): Readonly<Record<string, Zoom>> {
  const step = (zoom.end - zoom.start) / 4;
  return {
    "+": scaled(zoom, 0.5),
    "-": scaled(zoom, 2),
    "0": whole,
    ArrowLeft: { start: zoom.start - step, end: zoom.end - step },
    ArrowRight: { start: zoom.start + step, end: zoom.end + step },
  };
}

function scaled({ start, end }: Zoom, factor: number): Zoom {
  const middle = (start + end) / 2;
  const half = ((end - start) * factor) / 2;
  return { start: middle - half, end: middle + half };
}

/** Moves a part back into the whole, without changing its length where it fits. */
function within({ start, end }: Zoom): Zoom {
  const length = Math.min(100, end - start);
  const first = Math.min(Math.max(0, start), 100 - length);
  return { start: first, end: first + length };
}

function zoomOf(event: unknown): Zoom {
  const { batch, ...single } = event as Partial<Zoom> & { batch?: Partial<Zoom>[] };
  const { start = 0, end = 100 } = batch?.[0] ?? single;
  return { start, end };
}
