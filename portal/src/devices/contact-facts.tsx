import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { MeterDevice } from "../api/contract.ts";
import { useFormat } from "../language/use-format.ts";
import { useApi } from "../session/session-context.tsx";
import { causeText, succeededInPart } from "./causes.ts";
import classes from "./contact-facts.module.css";
import { deviceStatusQuery } from "./device-queries.ts";
import { LastFailure } from "./last-failure.tsx";
import { Moment } from "./moment.tsx";
import { SuccessRate } from "./success-rate.tsx";

/** How the contacts with a device went: when, how often well, why not, and how far its clock is off. */
export function ContactFacts({ device }: { device: MeterDevice }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: status, isPending, isError } = useQuery(deviceStatusQuery(useApi(), device));
  const cause = causeText(status?.last_cause, t);
  const inPart = Boolean(status && succeededInPart(status));

  function drift(seconds: number | null | undefined): string {
    if (seconds === null || seconds === undefined) return "–";
    if (Math.abs(seconds) < 1) return t("device.clockRight");
    const amount = format.duration(Math.abs(seconds));
    return seconds > 0 ? t("device.clockFast", { amount }) : t("device.clockSlow", { amount });
  }

  const facts: [string, ReactNode][] = isError
    ? [[t("devices.lastContact"), t("devices.statusMissing")]]
    : [
        [t("devices.lastContact"), <Moment key="contact" at={status?.last_contact} exact />],
        [t("device.lastSuccess"), <Moment key="success" at={status?.last_success} exact />],
        [t("devices.success"), <SuccessRate key="rate" percent={status?.success_percent} inPart={inPart} />],
        [t("devices.lastCause"), cause ?? "–"],
        [t("device.clock"), drift(status?.clock_drift_seconds)],
      ];
  return (
    <section aria-label={t("device.contact")}>
      <dl className={`card ${classes.facts}`}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{isPending ? <Skeleton height={18} width="70%" my={4} /> : value}</dd>
          </div>
        ))}
      </dl>
      {status?.last_cause && <LastFailure status={status} cause={status.last_cause} />}
    </section>
  );
}
