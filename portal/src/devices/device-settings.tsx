import { Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { MeterDevice, MeterDeviceType } from "../api/contract.ts";
import classes from "./device-facts.module.css";
import { type ProtocolSetting, protocolSettings } from "./protocol-settings.ts";

/** How a device is talked to, with the names the API has for it. */
export function DeviceSettings({ device, type }: { device: MeterDevice; type: MeterDeviceType | undefined }) {
  const { t } = useTranslation();
  const settings = protocolSettings(device, type);
  return (
    <>
      <Title order={3} fz="md" mt="lg">
        {t("device.settings")}
      </Title>
      {settings.length === 0 ? (
        <Text size="sm" c="dimmed" mt="xs">
          {t("device.settingsUsual")}
        </Text>
      ) : (
        <dl>
          {settings.map((setting) => (
            <div key={setting.name}>
              <dt>
                <code>{setting.name}</code>
              </dt>
              <dd>
                <SettingValue setting={setting} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function SettingValue({ setting: { text, parts } }: { setting: ProtocolSetting }) {
  const { t } = useTranslation();
  if (parts === undefined) return text;
  return (
    <details className={classes.parts!}>
      <summary>{t("device.settingParts", { count: parts })}</summary>
      <pre>{text}</pre>
    </details>
  );
}
