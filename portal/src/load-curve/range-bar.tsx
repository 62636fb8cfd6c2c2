import { ActionIcon, Button, Group, Popover } from "@mantine/core";
import { DatePicker, DatesProvider } from "@mantine/dates";
import "@mantine/dates/styles.css";
import "dayjs/locale/de";
import "dayjs/locale/fi";
import "dayjs/locale/sv";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconCalendar, IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../language/use-format.ts";
import { Choice } from "./choice.tsx";
import type { PanelAddress, PanelState } from "./panel-address.ts";
import { type Preset, presets, shiftDate, type TimeSpan } from "./time-range.ts";

interface RangeBarProps {
  state: PanelState;
  span: TimeSpan;
  now: number;
  onChange: (changes: PanelAddress) => void;
}

/** Chooses the time: how long, and from when. */
export function RangeBar({ state: { preset, date, zone }, span, now, onChange }: RangeBarProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [opened, { close, toggle }] = useDisclosure();
  const roomy = useMediaQuery("(min-width: 36em)", true, { getInitialValueInEffect: false });
  const names: Record<Preset, string> = {
    day: t("range.day"),
    week: t("range.week"),
    month: t("range.month"),
    "30days": t("range.thirtyDays"),
    year: t("range.year"),
  };
  const days = format.days(span.start, span.end - 1, zone);

  return (
    <Group gap="sm" justify="space-between">
      <Choice
        label={t("range.label")}
        data={presets.map((value) => ({ value, label: names[value] }))}
        value={preset}
        onChange={(range) => onChange({ range })}
      />
      <Group gap={6} wrap="nowrap" w={{ base: "100%", xs: "auto" }}>
        <ActionIcon aria-label={t("range.previous")} onClick={() => onChange({ date: shiftDate(preset, date, -1) })}>
          <IconChevronLeft size={18} />
        </ActionIcon>
        <Popover opened={opened} onDismiss={close} trapFocus returnFocus position="bottom-end">
          <Popover.Target>
            <Button
              variant="default"
              fw={500}
              px="sm"
              miw={0}
              flex="1 1 auto"
              leftSection={roomy && <IconCalendar size={18} stroke={1.6} />}
              onClick={toggle}
              aria-label={t("range.choose", { days })}
            >
              {days}
            </Button>
          </Popover.Target>
          <Popover.Dropdown aria-label={t("range.calendar")}>
            <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 1 }}>
              <DatePicker
                value={date}
                defaultDate={date}
                onChange={(chosen) => {
                  if (chosen) onChange({ date: chosen });
                  close();
                }}
                ariaLabels={{
                  previousMonth: t("range.previousMonth"),
                  nextMonth: t("range.nextMonth"),
                  previousYear: t("range.previousYear"),
                  nextYear: t("range.nextYear"),
                  previousDecade: t("range.previousDecade"),
                  nextDecade: t("range.nextDecade"),
                  monthLevelControl: t("range.chooseMonth"),
                  yearLevelControl: t("range.chooseYear"),
                }}
              />
            </DatesProvider>
          </Popover.Dropdown>
        </Popover>
        <ActionIcon
          aria-label={t("range.next")}
          disabled={span.end > now}
          onClick={() => onChange({ date: shiftDate(preset, date, 1) })}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
      </Group>
    </Group>
  );
}
