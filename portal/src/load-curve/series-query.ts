import { queryOptions } from "@tanstack/react-query";
import type { Api } from "../api/api.ts";
import type { MeterDeviceConfig, MeterReadingSeries } from "../api/contract.ts";

export interface ConfiguredSeries {
  /** Zone of the meter's own clock. */
  timezone: string;
  series: MeterReadingSeries[];
}

/** The series a meter of this configuration keeps, by name. */
export const configuredSeriesQuery = (api: Api, config: string | null | undefined) =>
  queryOptions({
    queryKey: ["configured-series", config],
    enabled: Boolean(config),
    staleTime: 300_000,
    queryFn: async ({ signal }): Promise<ConfiguredSeries> => {
      const { timezone, series } = await api.get<MeterDeviceConfig>(
        `metering/meter-device-configs/${config}`,
        {},
        signal,
      );
      const found = await Promise.all(
        series.map((id) => api.get<MeterReadingSeries>(`metering/meter-reading-series/${id}`, {}, signal)),
      );
      const order = new Intl.Collator("en", { numeric: true });
      return { timezone, series: found.sort((a, b) => order.compare(a.name, b.name)) };
    },
  });
