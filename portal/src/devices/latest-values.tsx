import { Button, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LatestReading, MeterDevice } from "../api/contract.ts";
import { useFormat } from "../language/use-format.ts";
import { decimalText, parseDecimal } from "../load-curve/decimal.ts";
import { useApi } from "../session/session-context.tsx";
import { Failure } from "../shell/failure.tsx";
import { latestReadingsQuery } from "./device-queries.ts";
import { inReadingOrder } from "./latest-order.ts";
import classes from "./latest-values.module.css";
import { Moment } from "./moment.tsx";

/** Values shown at first, so that the load curve is not far below. */
const shownAtFirst = 8;

/** The last stored value of every series of a device, however old it is. */
export function LatestValues({ device }: { device: MeterDevice }) {
  const { t } = useTranslation();
  const [everything, setEverything] = useState(false);
  const { data, isError, error, refetch } = useQuery(latestReadingsQuery(useApi(), device.id));
  const readings = useMemo(() => data && inReadingOrder(data), [data]);
  const shown = everything ? readings : readings?.slice(0, shownAtFirst);

  return (
    <section aria-labelledby="latest-values" className={`card ${classes.values}`} aria-busy={!readings && !isError}>
      <Title order={2} id="latest-values">
        {t("latest.title")}
      </Title>
      {isError && <Failure error={error} retry={refetch} />}
      {!readings && !isError && <Skeleton height={64} mt="md" />}
      {readings?.length === 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {t("latest.none")}
        </Text>
      )}
      {shown && shown.length > 0 && (
        <dl id="latest-values-list">
          {shown.map((reading) => (
            <LatestValue key={reading.series} reading={reading} />
          ))}
        </dl>
      )}
      {readings && readings.length > shownAtFirst && (
        <Button
          variant="default"
          size="xs"
          mt="md"
          aria-expanded={everything}
          aria-controls="latest-values-list"
          onClick={() => setEverything(!everything)}
        >
          {everything ? t("latest.fewer") : t("latest.all", { count: readings.length })}
        </Button>
      )}
    </section>
  );
}

function LatestValue({
  reading: { series_name, series_description, unit, timestamp, value },
}: {
  reading: LatestReading;
}) {
  const format = useFormat();
  const exact = parseDecimal(value);
  const text = exact === undefined ? value : format.decimal(decimalText(exact));
  return (
    <div>
      <dt>
        {series_description || series_name}
        {series_description && series_description !== series_name && <span>{series_name}</span>}
      </dt>
      <dd>
        <strong>{unit === dimensionless ? text : `${text}\u00a0${unit}`}</strong>
        <Moment at={timestamp} exact />
      </dd>
    </div>
  );
}

/** The unit of ratios and counts, which nobody writes. */
const dimensionless = "1";
