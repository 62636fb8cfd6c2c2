import { Select } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { allPages } from "../api/all-pages.ts";
import type { Organization } from "../api/contract.ts";
import { useServices, useSession } from "../session/session-context.tsx";

/** Most organizations shown at once; the others are found by typing a part of their name. */
const shown = 100;

/** Chooses the organization whose data is shown. Not there for a user who has only one. */
export function OrganizationSwitch() {
  const { t } = useTranslation();
  const { api, sessions } = useServices();
  const session = useSession();
  const navigate = useNavigate();
  const organizations = useQuery({
    queryKey: ["organizations"],
    queryFn: ({ signal }) => allPages<Organization>(api, "auth/jwt/organizations/", {}, signal),
    staleTime: 300_000,
  });
  const change = useMutation({
    mutationFn: (organization: string) =>
      api.post<{ token: string }>("auth/jwt/change-organization/", { organization }),
    onSuccess: ({ token }) => {
      sessions.begin(token);
      navigate("/devices");
    },
  });
  const choices = (organizations.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  if (choices.length < 2) return null;

  return (
    <Select
      aria-label={t("shell.organization")}
      placeholder={t("shell.organization")}
      data={choices}
      value={session?.claims.organization ?? null}
      onChange={(organization) => organization && change.mutate(organization)}
      error={change.isError ? t("shell.organizationRefused") : undefined}
      disabled={change.isPending}
      searchable={choices.length > 8}
      limit={shown}
      nothingFoundMessage={t("shell.organizationNotFound")}
      maxDropdownHeight={320}
      w={{ base: 150, xs: 220 }}
      comboboxProps={{ width: 260, position: "bottom-end" }}
    />
  );
}
