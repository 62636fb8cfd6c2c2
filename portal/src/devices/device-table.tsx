import { Skeleton, Table } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactTable, type Row, useTable } from "@tanstack/react-table";
import { type MouseEvent, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { deviceColumns, type deviceTableFeatures, deviceTableFeatures as features } from "./device-columns.tsx";
import type { DeviceListRequest, DeviceRow } from "./device-queries.ts";
import classes from "./device-table.module.css";

type DeviceTableModel = ReactTable<typeof deviceTableFeatures, DeviceRow>;

interface DeviceTableProps {
  /** The rows of the page, undefined while they are fetched the first time. */
  rows: DeviceRow[] | undefined;
  count: number;
  request: DeviceListRequest;
  /** Rows of an earlier page are still shown while the next one comes. */
  outdated: boolean;
}

const noRows: DeviceRow[] = [];

/** The page of devices: a table where there is room, cards on a phone. A click anywhere on a row opens the device. */
export function DeviceTable({ rows, count, request, outdated }: DeviceTableProps) {
  const { t } = useTranslation();
  const columns = useMemo(() => deviceColumns(t), [t]);
  const wide = useMediaQuery("(min-width: 62em)", true, { getInitialValueInEffect: false });
  const table = useTable({
    features,
    columns,
    data: rows ?? noRows,
    rowCount: count,
    manualPagination: true,
    state: { pagination: { pageIndex: request.pageIndex, pageSize: request.pageSize } },
    getRowId: (row) => row.device.id,
  });
  if (wide) return <WideTable table={table} loading={rows === undefined} outdated={outdated} />;
  return <Cards table={table} loading={rows === undefined} outdated={outdated} />;
}

interface ViewProps {
  table: DeviceTableModel;
  loading: boolean;
  outdated: boolean;
}

function WideTable({ table, loading, outdated }: ViewProps) {
  const { t } = useTranslation();
  const open = useOpenDevice();
  return (
    <div className={`card ${classes.frame}`} aria-busy={loading || outdated}>
      <Table className={classes.table!} verticalSpacing="xs" horizontalSpacing="md" aria-label={t("devices.title")}>
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              {group.headers.map((header) => (
                <Table.Th key={header.id} scope="col">
                  <table.FlexRender header={header} />
                </Table.Th>
              ))}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody data-outdated={outdated || undefined}>
          {loading && <SkeletonRows columns={table.getAllColumns().length} />}
          {table.getRowModel().rows.map((row) => (
            <Table.Tr key={row.id} onClick={(event) => open(event, row.id)}>
              {row.getAllCells().map((cell) => (
                <Table.Td key={cell.id}>
                  <table.FlexRender cell={cell} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Cards({ table, loading, outdated }: ViewProps) {
  const { t } = useTranslation();
  const open = useOpenDevice();
  const headers = new Map(table.getFlatHeaders().map((header) => [header.column.id, header]));
  return (
    <ul className={classes.cards} aria-label={t("devices.title")} aria-busy={loading || outdated}>
      {loading && [1, 2, 3, 4].map((card) => <Skeleton key={card} component="li" height={150} radius="lg" />)}
      {table.getRowModel().rows.map((row) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the link inside is the way by keyboard; the click is a larger target.
        <li key={row.id} className="card" onClick={(event) => open(event, row.id)}>
          <dl>
            {cardCells(row).map((cell) => (
              <div key={cell.id} data-column={cell.column.id}>
                <dt>
                  <table.FlexRender header={headers.get(cell.column.id)!} />
                </dt>
                <dd>
                  <table.FlexRender cell={cell} />
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

/** On a card there is no column to keep: an absent failure takes no room. */
function cardCells(row: Row<typeof deviceTableFeatures, DeviceRow>) {
  return row.getAllCells().filter(({ column }) => column.id !== "lastCause" || row.original.status?.last_cause);
}

function SkeletonRows({ columns }: { columns: number }) {
  return [1, 2, 3, 4, 5, 6, 7, 8].map((row) => (
    <Table.Tr key={row} aria-hidden>
      {Array.from({ length: columns }, (_, column) => column).map((column) => (
        <Table.Td key={column}>
          <Skeleton height={14} my={4} width={column === 0 ? "80%" : "55%"} />
        </Table.Td>
      ))}
    </Table.Tr>
  ));
}

/** Opens a device by a plain click that neither hit the link itself nor ended a text selection. */
function useOpenDevice() {
  const navigate = useNavigate();
  return (event: MouseEvent<HTMLElement>, id: string) => {
    const hitLink = event.target instanceof Element && event.target.closest("a, button");
    if (!hitLink && !window.getSelection()?.toString()) navigate(`/devices/${id}`);
  };
}
