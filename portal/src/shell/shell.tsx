import { Anchor, AppShell, Container, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, Navigate, NavLink, Outlet, useLocation } from "react-router";
import { signInPath } from "../session/place.ts";
import { useServices, useSession } from "../session/session-context.tsx";
import { Brand } from "./brand.tsx";
import { OrganizationSwitch } from "./organization-switch.tsx";
import { PreferencesMenu } from "./preferences-menu.tsx";
import classes from "./shell.module.css";

/** The frame around every page of a signed-in user; sends everybody else to the sign-in page and remembers the place. */
export function Shell() {
  const { t } = useTranslation();
  const { sessions } = useServices();
  const location = useLocation();
  if (!useSession()) {
    return <Navigate to={signInPath(sessions.absence() === "signed-out" ? undefined : location)} replace />;
  }

  return (
    <AppShell header={{ height: 60 }}>
      <a href="#content" className="skip-link">
        {t("shell.skip")}
      </a>
      <AppShell.Header className={classes.header}>
        <Container size="xl" h="100%">
          <Group h="100%" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="lg" wrap="nowrap">
              <Anchor component={Link} to="/devices" underline="never" aria-label={t("shell.home")}>
                <Brand nameFrom="xs" />
              </Anchor>
              <nav aria-label={t("shell.navigation")}>
                <NavLink to="/devices" className={classes.link!}>
                  {t("devices.title")}
                </NavLink>
              </nav>
            </Group>
            <Group gap="xs" wrap="nowrap">
              <OrganizationSwitch />
              <PreferencesMenu />
            </Group>
          </Group>
        </Container>
      </AppShell.Header>
      <AppShell.Main id="content" tabIndex={-1}>
        <Container size="xl" py={{ base: "md", sm: "xl" }}>
          <Outlet />
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}
