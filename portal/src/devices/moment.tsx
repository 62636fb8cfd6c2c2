import { Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "../language/use-format.ts";

/** How long ago something was; the exact time with its zone is in the tooltip, or below it when `exact` is set. */
export function Moment({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!at) {
    return (
      <Text span inherit c="dimmed">
        {t("devices.never")}
      </Text>
    );
  }
  const instant = Date.parse(at);
  const relative = format.relative(instant, Date.now());
  const full = format.instant(instant);
  if (exact) {
    return (
      <time dateTime={at}>
        {relative}
        <Text component="span" display="block" size="sm" fw={400} c="dimmed">
          {full}
        </Text>
      </time>
    );
  }
  return (
    <Tooltip label={full}>
      <time dateTime={at}>{relative}</time>
    </Tooltip>
  );
}
