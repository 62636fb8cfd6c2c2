import { Center, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Shown while the code of a page is fetched. */
export function PageLoading() {
  const { t } = useTranslation();
  return (
    <Center mih="60vh" role="status" aria-label={t("shell.loading")}>
      <Loader type="dots" />
    </Center>
  );
}
