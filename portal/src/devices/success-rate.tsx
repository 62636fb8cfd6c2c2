import { Group, Text } from "@mantine/core";
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconSquareXFilled,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../language/use-format.ts";

/** From these shares of successful contacts on, a device is called good or fair; below fair it is poor. */
const goodFrom = 95;
const fairFrom = 70;

interface SuccessRateProps {
  percent: number | null | undefined;
  /** The last contact succeeded only in part: then nothing is called good. */
  inPart?: boolean;
}

/** The share of successful contacts: as a figure, a shape and a colour, so that none of them has to be seen. */
export function SuccessRate({ percent, inPart = false }: SuccessRateProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (percent === null || percent === undefined) {
    return <Mark icon={IconCircleDashed} color="var(--mantine-color-dimmed)" label={t("devices.rateNone")} text="–" />;
  }
  const text = format.percent(percent);
  if (percent >= goodFrom && inPart)
    return (
      <Mark icon={IconAlertTriangleFilled} color="var(--portal-fair)" label={t("devices.rateInPart")} text={text} />
    );
  if (percent >= goodFrom)
    return <Mark icon={IconCircleCheckFilled} color="var(--portal-good)" label={t("devices.rateGood")} text={text} />;
  if (percent >= fairFrom)
    return <Mark icon={IconAlertTriangleFilled} color="var(--portal-fair)" label={t("devices.rateFair")} text={text} />;
  return <Mark icon={IconSquareXFilled} color="var(--portal-poor)" label={t("devices.ratePoor")} text={text} />;
}

interface MarkProps {
  icon: typeof IconCircleDashed;
  color: string;
  label: string;
  text: string;
}

function Mark({ icon: Icon, color, label, text }: MarkProps) {
  return (
    <Group gap={6} wrap="nowrap">
      <Icon size={18} color={color} role="img" aria-label={label} style={{ flexShrink: 0 }} />
      <Text span inherit>
        {text}
      </Text>
    </Group>
  );
}
