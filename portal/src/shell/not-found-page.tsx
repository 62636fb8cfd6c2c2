import { Anchor, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { PageHeading } from "./page-heading.tsx";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Stack align="flex-start">
      <PageHeading title={t("shell.notFound")} />
      <Text>{t("shell.notFoundText")}</Text>
      <Anchor component={Link} to="/devices">
        {t("shell.toDevices")}
      </Anchor>
    </Stack>
  );
}
