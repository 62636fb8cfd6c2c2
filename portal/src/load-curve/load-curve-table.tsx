import { Group, Pagination, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../language/use-format.ts";
import type { Curve, CurveHole } from "./curve.ts";
import { decimalText } from "./decimal.ts";

/** Rows of one page: a day of 15-minute values. */
const pageSize = 96;

/** The curve as text: every value exact, for eyes, screen readers and copying. */
export function LoadCurveTable({ curve, unit, zone }: { curve: Curve; unit: string; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [page, setPage] = useState({ number: 1, of: curve });
  const number = page.of === curve ? page.number : 1;
  const pages = Math.ceil(curve.length / pageSize);
  const exact = (value: bigint) => format.decimal(decimalText(value));
  const holeText = ({ missing, amount }: CurveHole) => {
    if (missing === 0) return t("curve.backwards");
    const text = t("curve.missing", { count: missing });
    return amount === undefined ? text : `${text}, ${t("curve.missingAmount", { amount: `${exact(amount)} ${unit}` })}`;
  };
  const names = { first: "", last: "", previous: t("devices.previousPage"), next: t("devices.nextPage") };

  return (
    <Stack gap="sm">
      <Table.ScrollContainer minWidth={300} maxHeight="26rem" scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table stickyHeader verticalSpacing={6} aria-label={t("curve.table")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t("curve.time")}</Table.Th>
              <Table.Th scope="col" ta="right">
                {t("curve.value", { unit })}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {curve.slice((number - 1) * pageSize, number * pageSize).map((point) => (
              <Table.Tr key={`${point.start} ${point.end}`}>
                <Table.Td>
                  {point.start === point.end
                    ? format.instant(point.start, zone)
                    : format.period(point.start, point.end, zone)}
                </Table.Td>
                <Table.Td ta="right">
                  {point.value === null ? (
                    <Text span inherit c="dimmed">
                      {holeText(point)}
                    </Text>
                  ) : (
                    exact(point.value)
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {pages > 1 && (
        <Group justify="center" component="nav" aria-label={t("curve.tablePages")}>
          <Pagination
            size="sm"
            total={pages}
            value={number}
            onChange={(next) => setPage({ number: next, of: curve })}
            getControlProps={(control) => ({ "aria-label": names[control] })}
            getItemProps={(item) => ({ "aria-label": t("devices.page", { page: item }) })}
          />
        </Group>
      )}
    </Stack>
  );
}
