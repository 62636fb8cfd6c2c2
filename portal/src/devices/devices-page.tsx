import {
  Alert,
  Button,
  CloseButton,
  EmptyState,
  Group,
  NativeSelect,
  Pagination,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPlugConnectedX, IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useFormat } from "../language/use-format.ts";
import { Failure } from "../shell/failure.tsx";
import { PageHeading } from "../shell/page-heading.tsx";
import { type DeviceListRequest, useDeviceList } from "./device-queries.ts";
import { DeviceTable } from "./device-table.tsx";
import { listAddress, listRequest, pageSizes } from "./list-address.ts";
import { protocolName, protocols } from "./protocols.ts";

/** Pause after the last key before the list is filtered, in milliseconds. */
const typingPause = 250;

export function DevicesPage() {
  const { t } = useTranslation();
  const [address, setAddress] = useSearchParams();
  const request = listRequest(address);
  const { rows, count, devices, statuses } = useDeviceList(request);
  const change = (changes: Partial<DeviceListRequest>) =>
    setAddress(listAddress({ ...request, pageIndex: 0, ...changes }), { replace: "search" in changes });

  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <div>
          <PageHeading title={t("devices.title")} />
          <Text c="dimmed" size="sm" role="status" mih="1.5em">
            {count !== undefined && t("devices.count", { count })}
          </Text>
        </div>
        <Group gap="sm" align="flex-end" w={{ base: "100%", xs: "auto" }}>
          <Search search={request.search} onChange={(search) => change({ search })} />
          <NativeSelect
            label={t("devices.protocol")}
            data={[
              { value: "", label: t("devices.everyProtocol") },
              ...protocols.map((value) => ({ value, label: protocolName(value) })),
            ]}
            value={request.protocol}
            onChange={(event) => change({ protocol: event.currentTarget.value })}
            w={{ base: "100%", xs: 180 }}
          />
        </Group>
      </Group>
      {devices.isError && <Failure error={devices.error} retry={devices.refetch} />}
      {statuses.isError && !devices.isError && (
        <Alert color="yellow" variant="light" icon={<IconPlugConnectedX />}>
          <Text size="sm">{t("devices.statusMissing")}</Text>
        </Alert>
      )}
      {count === 0 ? (
        <NoDevices
          filter={[request.search, request.protocol && protocolName(request.protocol)].filter(Boolean).join(" · ")}
          onClear={() => change({ search: "", protocol: "" })}
        />
      ) : (
        !(devices.isError && !rows) && (
          <DeviceTable rows={rows} count={count ?? 0} request={request} outdated={devices.isPlaceholderData} />
        )
      )}
      {count !== undefined && count > 0 && <Pages request={request} count={count} onChange={change} />}
    </Stack>
  );
}

function Search({ search, onChange }: { search: string; onChange: (search: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(search);
  const reported = useRef(search);
  const report = useDebouncedCallback((value: string) => {
    reported.current = value;
    onChange(value);
  }, typingPause);
  const take = (value: string) => {
    setText(value);
    report(value.trim());
  };
  // The search can also change from outside: "back", or the button of the empty list.
  useEffect(() => {
    if (search === reported.current) return;
    reported.current = search;
    setText(search);
  }, [search]);

  return (
    <TextInput
      type="search"
      label={t("devices.filter")}
      placeholder={t("devices.filterExample")}
      leftSection={<IconSearch size={18} stroke={1.6} />}
      rightSection={text && <CloseButton aria-label={t("devices.filterClear")} onClick={() => take("")} size="sm" />}
      value={text}
      onChange={(event) => take(event.currentTarget.value)}
      w={{ base: "100%", xs: 280 }}
    />
  );
}

interface PagesProps {
  request: DeviceListRequest;
  count: number;
  onChange: (changes: Partial<DeviceListRequest>) => void;
}

function Pages({ request, count, onChange }: PagesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const pages = Math.ceil(count / request.pageSize);
  const first = request.pageIndex * request.pageSize + 1;
  const last = Math.min(count, first + request.pageSize - 1);
  const names = { first: "", last: "", previous: t("devices.previousPage"), next: t("devices.nextPage") };

  return (
    <Group justify="space-between" component="nav" aria-label={t("devices.pages")}>
      <Group gap="md">
        <Text size="sm" c="dimmed">
          {t("devices.shown", { first: format.number(first), last: format.number(last), total: format.number(count) })}
        </Text>
        <NativeSelect
          size="xs"
          aria-label={t("devices.pageSize")}
          data={pageSizes.map((size) => ({ value: String(size), label: t("devices.perPage", { size }) }))}
          value={String(request.pageSize)}
          onChange={(event) => onChange({ pageSize: Number(event.currentTarget.value) })}
        />
      </Group>
      {pages > 1 && (
        <Pagination
          total={pages}
          value={request.pageIndex + 1}
          onChange={(page) => onChange({ pageIndex: page - 1 })}
          siblings={1}
          getControlProps={(control) => ({ "aria-label": names[control] })}
          getItemProps={(page) => ({ "aria-label": t("devices.page", { page }) })}
          size="sm"
        />
      )}
    </Group>
  );
}

function NoDevices({ filter, onClear }: { filter: string; onClear: () => void }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      className="card"
      py="xl"
      withIndicatorBackground
      icon={<IconSearch stroke={1.6} />}
      title={filter ? t("devices.noneFound", { filter }) : t("devices.none")}
      description={filter ? t("devices.noneFoundHint") : t("devices.noneHint")}
    >
      {filter && (
        <EmptyState.Actions>
          <Button variant="default" onClick={onClear}>
            {t("devices.filterClear")}
          </Button>
        </EmptyState.Actions>
      )}
    </EmptyState>
  );
}
