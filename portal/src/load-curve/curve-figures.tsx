import { Group, Stack, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { MeterDevice, MeterReadingSeries } from "../api/contract.ts";
import { useFormat } from "../language/use-format.ts";
import type { Curve, CurveValue } from "./curve.ts";
import classes from "./curve-figures.module.css";
import { type Decimal, decimalText } from "./decimal.ts";
import type { CurveView } from "./quantity.ts";
import { summaryOf } from "./summary.ts";

interface CurveFiguresProps {
  curve: Curve;
  view: CurveView;
  unit: string;
  zone: string;
  device: MeterDevice;
  series: MeterReadingSeries;
}

/** The curve in a few exact figures, and what a reader must know about it: gaps, resets, ratios not applied. */
export function CurveFigures({ curve, view, unit, zone, device, series }: CurveFiguresProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { count, total, highest, lowest, gaps, missing, resets } = useMemo(() => summaryOf(curve), [curve]);
  const exact = (value: Decimal) => `${format.decimal(decimalText(value))} ${unit}`;
  const when = ({ start, end }: CurveValue) =>
    start === end ? format.instant(start, zone) : format.period(start, end, zone);
  const notes = [
    gaps > 0 && `${t("curve.gaps", { count: gaps })} ${t("curve.missing", { count: missing })}`,
    resets > 0 && t("curve.resets", { count: resets }),
    series.affected_by_ct_ratio &&
      device.has_current_transformer &&
      t("curve.currentRatio", { ratio: device.current_transformer_ratio }),
    series.affected_by_vt_ratio &&
      device.has_voltage_transformer &&
      t("curve.voltageRatio", { ratio: device.voltage_transformer_ratio }),
  ].filter((note) => note !== false);

  return (
    <Stack gap="sm" mt="md">
      <dl className={classes.figures}>
        {view === "energy" && <Figure name={t("curve.total")} value={exact(total)} />}
        {highest && <Figure name={t("curve.highest")} value={exact(highest.value)} when={when(highest)} />}
        {lowest && <Figure name={t("curve.lowest")} value={exact(lowest.value)} when={when(lowest)} />}
        <Figure name={t("curve.count")} value={format.number(count)} />
      </dl>
      {notes.map((note) => (
        <Group key={note} gap={6} wrap="nowrap" align="flex-start">
          <IconInfoCircle size={18} stroke={1.6} aria-hidden style={{ flexShrink: 0 }} />
          <Text size="sm">{note}</Text>
        </Group>
      ))}
    </Stack>
  );
}

function Figure({ name, value, when }: { name: string; value: string; when?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {when && <span>{when}</span>}
      </dd>
    </div>
  );
}
