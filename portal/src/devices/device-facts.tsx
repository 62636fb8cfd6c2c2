import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { MeterDevice, MeterDeviceType } from "../api/contract.ts";
import { useFormat } from "../language/use-format.ts";
import { useApi } from "../session/session-context.tsx";
import classes from "./device-facts.module.css";
import { networkInterfaceQuery } from "./device-queries.ts";
import { DeviceSettings } from "./device-settings.tsx";
import { FactList } from "./fact-list.tsx";
import { protocolName } from "./protocols.ts";

interface DeviceFactsProps {
  device: MeterDevice;
  type: MeterDeviceType | undefined;
  timezone: string | undefined;
}

/** What is registered about a device. Fields that are empty are left out. */
export function DeviceFacts({ device, type, timezone }: DeviceFactsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: network } = useQuery(networkInterfaceQuery(useApi(), device.network_interface));
  const disconnector = [t("device.disconnected"), t("device.connected"), t("device.readyToConnect")];
  const facts: [string, string | null | undefined][] = [
    [t("devices.serial"), device.manufacturer_serial],
    [t("device.manufacturer"), type?.manufacturer],
    [t("device.model"), type?.manufacturer_model],
    [t("devices.type"), type?.name],
    [t("devices.protocol"), protocolName(device.protocol)],
    [t("device.reference"), device.external_system_reference],
    [t("device.logicalName"), device.dlms_logical_device_name],
    [t("device.systemTitle"), device.dlms_system_title],
    [t("device.address"), device.iec62056_21_address],
    [t("device.network"), network?.host && `${network.host}${network.port === null ? "" : `:${network.port}`}`],
    [t("device.timezone"), timezone],
    [t("device.currentTransformer"), device.has_current_transformer ? `${device.current_transformer_ratio} : 1` : null],
    [t("device.voltageTransformer"), device.has_voltage_transformer ? `${device.voltage_transformer_ratio} : 1` : null],
    [
      t("device.disconnector"),
      device.has_disconnector ? (disconnector[device.disconnector_status ?? -1] ?? t("device.unknown")) : null,
    ],
    [t("device.registered"), format.instant(Date.parse(device.created_at))],
  ];

  return (
    <section aria-labelledby="device-facts" className={`card ${classes.facts}`}>
      <Title order={2} id="device-facts">
        {t("device.facts")}
      </Title>
      <FactList facts={facts} />
      <DeviceSettings device={device} type={type} />
    </section>
  );
}
