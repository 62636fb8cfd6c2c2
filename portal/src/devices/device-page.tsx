import { Anchor, EmptyState, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconChevronLeft, IconListDetails } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { LoadCurvePanel } from "../load-curve/load-curve-panel.tsx";
import { configuredSeriesQuery } from "../load-curve/series-query.ts";
import { useApi } from "../session/session-context.tsx";
import { Failure } from "../shell/failure.tsx";
import { PageHeading } from "../shell/page-heading.tsx";
import { ContactFacts } from "./contact-facts.tsx";
import { DeviceFacts } from "./device-facts.tsx";
import { deviceQuery, deviceTypeQuery } from "./device-queries.ts";
import { LatestValues } from "./latest-values.tsx";
import { protocolName } from "./protocols.ts";

export function DevicePage() {
  const { t } = useTranslation();
  const api = useApi();
  const { id = "" } = useParams();
  const device = useQuery(deviceQuery(api, id));
  const type = useQuery(deviceTypeQuery(api, device.data?.type));
  const configured = useQuery(configuredSeriesQuery(api, type.data?.config));
  const failed = [device, type, configured].find(({ isError }) => isError);
  const withoutSeries =
    device.data?.type === null ||
    type.data?.config === null ||
    (configured.isSuccess && configured.data.series.length === 0);

  return (
    <Stack gap="lg">
      <div>
        <Anchor component={Link} to="/devices" size="sm">
          <Group gap={2} component="span" display="inline-flex">
            <IconChevronLeft size={16} aria-hidden />
            {t("devices.title")}
          </Group>
        </Anchor>
        {device.data ? (
          <PageHeading title={device.data.name} />
        ) : (
          !device.isError && <Skeleton height={31} width={220} my={4} aria-label={t("shell.loading")} />
        )}
        {device.data && (
          <Text c="dimmed" size="sm">
            {[
              type.data && `${type.data.manufacturer} ${type.data.manufacturer_model}`,
              protocolName(device.data.protocol),
            ]
              .filter(Boolean)
              .join(" · ")}
          </Text>
        )}
      </div>
      {failed && <Failure error={failed.error} retry={failed.refetch} />}
      {device.data && <ContactFacts device={device.data} />}
      {device.data && <LatestValues device={device.data} />}
      {device.data && configured.data && !withoutSeries && (
        <LoadCurvePanel device={device.data} configured={configured.data} />
      )}
      {withoutSeries && (
        <EmptyState
          className="card"
          py="xl"
          withIndicatorBackground
          icon={<IconListDetails stroke={1.6} />}
          title={t("device.noSeries")}
          description={t("device.noSeriesHint")}
        />
      )}
      {!failed && !withoutSeries && !configured.data && <Skeleton height={480} radius="lg" />}
      {device.data && <DeviceFacts device={device.data} type={type.data} timezone={configured.data?.timezone} />}
    </Stack>
  );
}
