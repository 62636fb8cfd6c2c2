import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceStatus } from "../api/contract.ts";
import { useApi } from "../session/session-context.tsx";
import { succeededInPart, useCauseWords } from "./causes.ts";
import { failedRunQuery } from "./device-queries.ts";
import { FactList } from "./fact-list.tsx";
import classes from "./last-failure.module.css";
import { Moment } from "./moment.tsx";

/** Why something failed at the last contact, what to do about it, and what exactly happened. */
export function LastFailure({ status, cause }: { status: DeviceStatus; cause: string }) {
  const { t } = useTranslation();
  const { sentence, advice } = useCauseWords(status);
  const { data: run } = useQuery(failedRunQuery(useApi(), status.meter_device, cause));
  const inPart = succeededInPart(status) || Boolean(run && run.rows_read > 0);
  const facts: [string, ReactNode][] = [
    [t("device.failureAdvice"), advice],
    // The platform writes details in English.
    [t("device.failureDetail"), run?.cause_detail && <span lang="en">{run.cause_detail}</span>],
    [
      t("device.failureCall"),
      run && (
        <>
          <code>{run.task_call}</code>
          {run.started_at && (
            <>
              {", "}
              <Moment at={run.started_at} />
            </>
          )}
        </>
      ),
    ],
  ];
  return (
    <Alert
      mt="md"
      color={inPart ? "yellow" : "red"}
      variant="light"
      icon={<IconAlertTriangle color={inPart ? "var(--portal-fair)" : "var(--portal-poor)"} />}
      title={inPart ? t("device.failureInPart") : t("device.failure")}
      classNames={{ label: classes.label! }}
      role="group"
    >
      <p className={classes.sentence}>{sentence ?? cause}</p>
      <FactList facts={facts} className={classes.facts!} />
    </Alert>
  );
}
