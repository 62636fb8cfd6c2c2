import { Button, EmptyState, Group, NativeSelect, Select, Skeleton, Stack, Tabs, Title } from "@mantine/core";
import { IconChartLine, IconTable } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { MeterDevice } from "../api/contract.ts";
import { useFormat } from "../language/use-format.ts";
import { useApi } from "../session/session-context.tsx";
import { Failure } from "../shell/failure.tsx";
import { Choice } from "./choice.tsx";
import { curveOf } from "./curve.ts";
import { CurveFigures } from "./curve-figures.tsx";
import { LoadCurveTable } from "./load-curve-table.tsx";
import { type PanelAddress, panelAddress, panelState } from "./panel-address.ts";
import { type CurveView, quantityKind, unitOf, viewsOf } from "./quantity.ts";
import { RangeBar } from "./range-bar.tsx";
import { readingsQuery } from "./readings.ts";
import type { ConfiguredSeries } from "./series-query.ts";
import { browserZone, spanOf } from "./time-range.ts";

/** Fetched while the readings are still on their way, so that neither waits for the other. */
const chartModule = import("./load-curve-chart.tsx");
const LoadCurveChart = lazy(async () => ({ default: (await chartModule).LoadCurveChart }));

/** The stored readings of one device: which series, which time, as chart or as table. All of it stands in the address. */
export function LoadCurvePanel({ device, configured }: { device: MeterDevice; configured: ConfiguredSeries }) {
  const { t } = useTranslation();
  const format = useFormat();
  const api = useApi();
  const [search, setSearch] = useSearchParams();
  const [now] = useState(Date.now);
  const state = panelState(search, configured.series, now);
  const { series, view, preset, date, zone } = state;
  const span = useMemo(() => spanOf(preset, date, zone), [preset, date, zone]);
  const readings = useQuery(readingsQuery(api, device.id, series?.id, span));
  const kind = series ? quantityKind(series) : "instantaneous";
  const unit = unitOf(series?.unit ?? "", view);
  const stored = readings.data;
  const curve = useMemo(() => (stored ? curveOf(stored, kind, view) : []), [stored, kind, view]);
  const change = (changes: PanelAddress) =>
    setSearch(panelAddress(search, changes), { replace: true, preventScrollReset: true });
  const views: Record<CurveView, string> = {
    energy: t("curve.viewAmount"),
    power: t("curve.viewRate"),
    values: t("curve.viewValues"),
  };
  const days = format.days(span.start, span.end - 1, zone);
  const empty = readings.isSuccess && !readings.isPlaceholderData && curve.length === 0;
  /** There is a reading, but what is asked for lies between two: the view that shows one alone. */
  const ofOne = empty && readings.data.times.length === 1 ? (kind === "register" ? "values" : "energy") : undefined;

  return (
    <Stack gap="md" component="section" aria-labelledby="load-curve" className="card" p={{ base: "md", sm: "lg" }}>
      <Group justify="space-between" align="flex-end">
        <Title order={2} id="load-curve">
          {t("curve.title")}
        </Title>
        <ZoneChoice zone={zone} meterZone={configured.timezone} onChange={(next) => change({ zone: next })} />
      </Group>
      <Group gap="sm" align="flex-end">
        <Select
          label={t("curve.series")}
          data={configured.series.map((one) => ({ value: one.id, label: seriesLabel(one) }))}
          value={series?.id ?? null}
          onChange={(id) => change({ series: id ?? "", view: "" })}
          searchable={configured.series.length > 8}
          flex="1 1 16rem"
          maw={440}
        />
        {series && viewsOf(kind).length > 1 && (
          <Choice
            label={t("curve.view")}
            data={viewsOf(kind).map((value) => ({ value, label: views[value] }))}
            value={view}
            onChange={(next) => change({ view: next })}
          />
        )}
      </Group>
      <RangeBar state={state} span={span} now={now} onChange={change} />
      {readings.isError && <Failure error={readings.error} retry={readings.refetch} />}
      {empty && (
        <EmptyState
          py="xl"
          withIndicatorBackground
          icon={<IconChartLine stroke={1.6} />}
          title={ofOne ? (view === "power" ? t("curve.singleRate") : t("curve.single")) : t("curve.none")}
          description={ofOne ? t("curve.singleHint", { days }) : t("curve.noneHint", { days })}
        >
          {ofOne && (
            <EmptyState.Actions>
              <Button variant="default" onClick={() => change({ view: ofOne })}>
                {t("curve.showAs", { view: views[ofOne] })}
              </Button>
            </EmptyState.Actions>
          )}
        </EmptyState>
      )}
      {series && !empty && !readings.isError && (
        <Tabs
          defaultValue="chart"
          keepMounted={false}
          aria-busy={readings.isFetching}
          opacity={readings.isPlaceholderData ? 0.55 : 1}
        >
          <Tabs.List mb="md">
            <Tabs.Tab value="chart" leftSection={<IconChartLine size={18} stroke={1.6} />}>
              {t("curve.chart")}
            </Tabs.Tab>
            <Tabs.Tab value="table" leftSection={<IconTable size={18} stroke={1.6} />}>
              {t("curve.table")}
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="chart">
            <Suspense fallback={<Skeleton height="clamp(17rem, 46vh, 26rem)" />}>
              {readings.data ? (
                <LoadCurveChart
                  {...{ curve, span, view, unit, zone }}
                  label={t("curve.chartLabel", { series: seriesLabel(series), days })}
                />
              ) : (
                <Skeleton height="clamp(17rem, 46vh, 26rem)" />
              )}
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="table">
            <LoadCurveTable {...{ curve, unit, zone }} />
          </Tabs.Panel>
          {readings.data && <CurveFigures {...{ curve, view, unit, zone }} device={device} series={series} />}
        </Tabs>
      )}
    </Stack>
  );
}

/** A series by what it measures, with its name beside it. */
function seriesLabel({ name, description, unit }: ConfiguredSeries["series"][number]): string {
  const title = description && description !== name ? `${description} · ${name}` : name;
  return `${title} (${unit})`;
}

interface ZoneChoiceProps {
  zone: string;
  meterZone: string;
  onChange: (zone: string) => void;
}

/** The reader's own zone, the meter's, or UTC. Not there when they are all the same. */
function ZoneChoice({ zone, meterZone, onChange }: ZoneChoiceProps) {
  const { t } = useTranslation();
  const own = browserZone();
  const choices = new Map([
    ["UTC", "UTC"],
    [meterZone, t("curve.zoneMeter", { zone: meterZone })],
    [own, t("curve.zoneOwn", { zone: own })],
  ]);
  if (!choices.has(zone)) choices.set(zone, zone);
  if (choices.size < 2) return null;
  return (
    <NativeSelect
      size="xs"
      aria-label={t("curve.zone")}
      data={[...choices].reverse().map(([value, label]) => ({ value, label }))}
      value={zone}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
