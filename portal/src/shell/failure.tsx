import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/api.ts";

/** Says in plain words what did not work and offers to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle />} title={t("failure.title")}>
      <Group justify="space-between">
        <Text size="sm">{failureText(error, t)}</Text>
        {retry && (
          <Button variant="default" size="xs" onClick={retry}>
            {t("failure.retry")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

function failureText(error: unknown, t: TFunction): string {
  if (!(error instanceof ApiError)) return t("failure.page");
  if (error.failure === "unreachable") return t("failure.unreachable");
  if (error.failure === "not-found") return t("failure.notFound");
  if (error.failure === "forbidden") return t("failure.forbidden");
  if (error.failure === "too-many-requests") return t("failure.tooManyRequests");
  if (error.failure === "refused") return t("failure.refused", { message: error.message });
  return t("failure.broken", { status: error.status });
}
