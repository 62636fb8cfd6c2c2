import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";
import { placeAfterSignIn } from "../session/place.ts";
import { useServices, useSession } from "../session/session-context.tsx";
import { Brand } from "../shell/brand.tsx";
import { PageHeading } from "../shell/page-heading.tsx";
import { PreferencesMenu } from "../shell/preferences-menu.tsx";
import { signInFailure } from "./sign-in-failure.ts";
import classes from "./sign-in-page.module.css";

export function SignInPage() {
  const { t } = useTranslation();
  const { api, sessions } = useServices();
  const [search] = useSearchParams();
  const username = useRef<HTMLInputElement>(null);
  const form = useForm({
    initialValues: { username: "", password: "" },
    validate: {
      username: (value) => (value.trim() ? null : t("signIn.usernameMissing")),
      password: (value) => (value ? null : t("signIn.passwordMissing")),
    },
  });
  const signIn = useMutation({
    mutationFn: (credentials: typeof form.values) => api.post<{ token: string }>("auth/jwt/token/", credentials),
    onSuccess: ({ token }) => sessions.begin(token),
    onError: () => username.current?.select(),
  });
  if (useSession()) return <Navigate to={placeAfterSignIn(search)} replace />;

  return (
    <main className={classes.page}>
      <div className={`card ${classes.card}`}>
        <Group justify="space-between" mb="xl">
          <Brand size={34} />
          <PreferencesMenu />
        </Group>
        <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
          <Stack gap="md">
            <PageHeading title={t("signIn.title")} takesFocus={false} />
            {sessions.absence() === "expired" && !signIn.isError && (
              <Alert role="status" color="lake" variant="light" icon={<IconInfoCircle />}>
                <Text size="sm">{t("signIn.expired")}</Text>
              </Alert>
            )}
            {signIn.isError && (
              <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle />}>
                <Text size="sm">{signInFailure(signIn.error, t)}</Text>
              </Alert>
            )}
            <TextInput
              ref={username}
              label={t("signIn.username")}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
              {...form.getInputProps("username")}
            />
            <PasswordInput
              label={t("signIn.password")}
              autoComplete="current-password"
              visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword"), tabIndex: 0 }}
              {...form.getInputProps("password")}
            />
            <Button type="submit" loading={signIn.isPending} mt="xs" size="md">
              {t("signIn.submit")}
            </Button>
          </Stack>
        </form>
      </div>
    </main>
  );
}
