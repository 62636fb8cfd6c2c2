import { Anchor, Skeleton, Text } from "@mantine/core";
import { createColumnHelper, rowPaginationFeature, tableFeatures } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { causeText, succeededInPart } from "./causes.ts";
import type { DeviceRow } from "./device-queries.ts";
import { Moment } from "./moment.tsx";
import { protocolName } from "./protocols.ts";
import { SuccessRate } from "./success-rate.tsx";

export const deviceTableFeatures = tableFeatures({ rowPaginationFeature });

const helper = createColumnHelper<typeof deviceTableFeatures, DeviceRow>();

/** The columns of the list, in the order a person asks: which meter, what is it, when did it last answer, how well. */
export function deviceColumns(t: TFunction) {
  return helper.columns([
    helper.display({
      id: "name",
      header: t("devices.name"),
      cell: ({ row: { original } }) => (
        <Anchor component={Link} to={`/devices/${original.device.id}`} fw={550} inherit>
          {original.device.name}
        </Anchor>
      ),
    }),
    helper.display({
      id: "serial",
      header: t("devices.serial"),
      cell: ({ row: { original } }) => original.device.manufacturer_serial ?? <Nothing />,
    }),
    helper.display({
      id: "protocol",
      header: t("devices.protocol"),
      cell: ({ row: { original } }) => protocolName(original.device.protocol),
    }),
    helper.display({
      id: "type",
      header: t("devices.type"),
      cell: ({ row: { original } }) => original.type?.name ?? <Nothing />,
    }),
    helper.display({
      id: "lastContact",
      header: t("devices.lastContact"),
      cell: ({ row: { original } }) => (
        <WhenKnown row={original}>
          <Moment at={original.status?.last_contact} />
        </WhenKnown>
      ),
    }),
    helper.display({
      id: "lastCause",
      header: t("devices.lastCause"),
      cell: ({ row: { original } }) => (
        <WhenKnown row={original}>{causeText(original.status?.last_cause, t) ?? <Nothing />}</WhenKnown>
      ),
    }),
    helper.display({
      id: "success",
      header: t("devices.success"),
      cell: ({ row: { original } }) => (
        <WhenKnown row={original}>
          <SuccessRate
            percent={original.status?.success_percent}
            inPart={Boolean(original.status && succeededInPart(original.status))}
          />
        </WhenKnown>
      ),
    }),
  ]);
}

function WhenKnown({ row, children }: { row: DeviceRow; children: ReactNode }) {
  return row.status === undefined ? <Skeleton height={12} width={72} /> : children;
}

function Nothing() {
  return (
    <Text span inherit c="dimmed">
      –
    </Text>
  );
}
