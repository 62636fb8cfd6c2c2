import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type LanguageCode, languages } from "../language/languages.ts";
import { chooseLanguage } from "../language/translation.ts";
import { useServices, useSession } from "../session/session-context.tsx";

/** Language, appearance and, for who is signed in, the account. */
export function PreferencesMenu() {
  const { t, i18n } = useTranslation();
  const { sessions } = useServices();
  const session = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const label = session ? t("shell.account", { name: session.claims.username }) : t("shell.preferences");

  return (
    <Menu position="bottom-end" width={224} closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" c="var(--mantine-color-text)" aria-label={label} size="lg">
          {session ? <IconUserCircle size={22} stroke={1.6} /> : <IconAdjustmentsHorizontal size={22} stroke={1.6} />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {session && <Menu.Label>{session.claims.username}</Menu.Label>}
        {session && (
          <Menu.Item leftSection={<IconLogout size={18} stroke={1.6} />} onClick={() => sessions.end("signed-out")}>
            {t("shell.signOut")}
          </Menu.Item>
        )}
        {session && <Menu.Divider />}
        <Menu.Label>{t("shell.language")}</Menu.Label>
        <Menu.RadioGroup value={i18n.language} onChange={(code) => chooseLanguage(code as LanguageCode, true)}>
          {languages.map(({ code, name }) => (
            <Menu.RadioItem key={code} value={code} lang={code}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t("shell.appearance")}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
          <Menu.RadioItem value="auto">{t("shell.appearanceSystem")}</Menu.RadioItem>
          <Menu.RadioItem value="light">{t("shell.appearanceLight")}</Menu.RadioItem>
          <Menu.RadioItem value="dark">{t("shell.appearanceDark")}</Menu.RadioItem>
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
