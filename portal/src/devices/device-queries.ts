import { keepPreviousData, queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { allPages } from "../api/all-pages.ts";
import type { Api } from "../api/api.ts";
import type {
  DeviceStatus,
  LatestReading,
  MeterDevice,
  MeterDeviceType,
  NetworkInterface,
  Page,
  Run,
} from "../api/contract.ts";
import { useApi } from "../session/session-context.tsx";

/** How often the screens about contacts look again, in milliseconds. */
const refreshInterval = 30_000;

/** What the list shows: one page of the devices that a search finds. */
export interface DeviceListRequest {
  /** Part of a name, a serial number or a reference; empty = every device. */
  search: string;
  /** Code of a protocol; empty = any. */
  protocol: string;
  pageIndex: number;
  pageSize: number;
}

/** One row of the list. `status` is undefined while it is not known, null when the device was never contacted. */
export interface DeviceRow {
  device: MeterDevice;
  type: MeterDeviceType | undefined;
  status: DeviceStatus | null | undefined;
}

/** A page of devices, joined with how their contacts went and with the names of their types. */
export function useDeviceList(request: DeviceListRequest) {
  const api = useApi();
  const query = {
    search: request.search || undefined,
    protocol: request.protocol || undefined,
    limit: request.pageSize,
    offset: request.pageIndex * request.pageSize || undefined,
  };
  const devices = useQuery({
    queryKey: ["devices", "list", query],
    queryFn: ({ signal }) => api.get<Page<MeterDevice>>("metering/meter-devices", query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refreshInterval,
  });
  const statuses = useQuery({
    queryKey: ["devices", "status", query],
    queryFn: ({ signal }) => api.get<Page<DeviceStatus>>("devices/status", query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refreshInterval,
  });
  const types = useDeviceTypes(devices.data?.results ?? []);

  const statusOf = new Map(statuses.data?.results.map((status) => [status.meter_device, status]));
  const rows = devices.data?.results.map(
    (device): DeviceRow => ({
      device,
      type: device.type ? types.get(device.type) : undefined,
      status: statuses.data ? (statusOf.get(device.id) ?? null) : undefined,
    }),
  );
  return { rows, count: devices.data?.count, devices, statuses };
}

export const deviceQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: ["devices", "one", id],
    queryFn: ({ signal }) => api.get<MeterDevice>(`metering/meter-devices/${encodeURIComponent(id)}`, {}, signal),
  });

/** Status of one device: the status list filtered by the device's name, which is how the platform offers it. */
export const deviceStatusQuery = (api: Api, device: MeterDevice | undefined) =>
  queryOptions({
    queryKey: ["devices", "status", device?.id],
    enabled: device !== undefined,
    refetchInterval: refreshInterval,
    queryFn: async ({ signal }) => {
      const page = await api.get<Page<DeviceStatus>>("devices/status", { name: device!.name }, signal);
      return page.results.find((status) => status.meter_device === device!.id) ?? null;
    },
  });

/** The newest run of a device that failed for this cause; null when there is none any more. */
export const failedRunQuery = (api: Api, device: string, cause: string) =>
  queryOptions({
    queryKey: ["runs", device, cause],
    refetchInterval: refreshInterval,
    queryFn: async ({ signal }) => {
      const query = { meter_device: device, cause, limit: 1 };
      return (await api.get<Page<Run>>("runs/", query, signal)).results[0] ?? null;
    },
  });

/** The last stored value of every series of a device. */
export const latestReadingsQuery = (api: Api, device: string) =>
  queryOptions({
    queryKey: ["latest-readings", device],
    refetchInterval: refreshInterval,
    queryFn: ({ signal }) =>
      allPages<LatestReading>(api, `metering/meter-devices/${encodeURIComponent(device)}/latest-readings`, {}, signal),
  });

export const networkInterfaceQuery = (api: Api, id: string | null | undefined) =>
  queryOptions({
    queryKey: ["network-interfaces", id],
    enabled: Boolean(id),
    queryFn: ({ signal }) => api.get<NetworkInterface>(`metering/network-interfaces/${id}`, {}, signal),
  });

export const deviceTypeQuery = (api: Api, id: string | null | undefined) =>
  queryOptions({
    queryKey: ["device-types", id],
    enabled: Boolean(id),
    staleTime: 300_000,
    queryFn: ({ signal }) => api.get<MeterDeviceType>(`metering/meter-device-types/${id}`, {}, signal),
  });

function useDeviceTypes(devices: readonly MeterDevice[]): Map<string, MeterDeviceType> {
  const api = useApi();
  const ids = [...new Set(devices.flatMap(({ type }) => type ?? []))];
  const answers = useQueries({ queries: ids.map((id) => deviceTypeQuery(api, id)) });
  return new Map(answers.flatMap(({ data }) => (data ? [[data.id, data] as const] : [])));
}
