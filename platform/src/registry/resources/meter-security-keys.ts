import { type Field, hexadecimal, reference, text } from "../fields.ts";
import { meterHas, refersTo } from "../filters.ts";
import type { Resource, ResourceHooks, Row } from "../resource.ts";
import { resourceSchemas } from "../schemas.ts";
import { openSecrets, sealSecrets } from "../secrets.ts";
import { selectRows } from "../select.ts";
import { meterDevices } from "./meter-devices.ts";

const sealed = (field: Field): Field => ({ ...field, sealed: true }) as Field;
const writeOnly = (field: Field): Field => ({ ...field, writeOnly: true }) as Field;

/** A key of 128 or 256 bits. */
const key = (title: string) =>
  sealed(hexadecimal({ most: 64, lengths: [32, 64], title, description: "Used in DLMS communication" }));

const hooks: ResourceHooks = {
  async prepare(values, _before, { db, sealer }) {
    const meter = values.meter as string;
    const device = await db
      .selectFrom("meter_devices")
      .select("organization")
      .where("id", "=", meter)
      .executeTakeFirst();
    return { ...sealSecrets(values, meter, sealer), organization: device?.organization ?? null };
  },
  async complete(rows, context) {
    const ids = rows.map(({ meter }) => meter as string);
    const devices = await selectRows(context, meterDevices, { ids });
    const byId = new Map(devices.map((device) => [device.id, device]));
    return rows.map((row) => ({
      ...openSecrets(row, row.meter as string, context.sealer),
      meter: byId.get(row.meter as string),
    }));
  },
};

export const meterSecurityKeys: Resource = {
  name: "meter-security-keys",
  path: "/v1/metering/meter-security-keys",
  operationPrefix: "metering_meter-security-keys",
  tag: "Meter security keys",
  singular: "meter security key collection",
  plural: "meter security key collections",
  about:
    "All passwords, secrets and keys of one meter, kept sealed. The master key, the DLMS secret and the M-Bus key are never returned. To replace keys delete the collection and create it anew.",
  schema: "MeterSecurityKeyCollectionOut",
  schemaWrite: "MeterSecurityKeyCollectionIn",
  table: "meter_security_keys",
  id: "uuid",
  operations: ["list", "create", "read", "delete"],
  ownership: "derived",
  fields: {
    meter: reference("meter_devices", { required: true, onDelete: "cascade", title: "Meter" }),
    iec62056_21_password: sealed(
      text({
        ...{ most: 8, least: 1, nullable: true, verbatim: true, title: "IEC62056-21 Password" },
        description: "Used in IEC 62056-21 communication",
      }),
    ),
    dlms_global_unicast_encryption_key: key("Global Unicast Encryption Key, GUEK"),
    dlms_global_broadcast_encryption_key: key("Global Broadcast Encryption Key, GBEK"),
    dlms_master_key: writeOnly(key("Master Key or Key Encrypting Key, KEK")),
    dlms_global_authentication_key: key("Global Authentication Key, GAK"),
    dlms_secret: writeOnly(
      sealed(
        text({
          ...{ most: 64, least: 1, nullable: true, verbatim: true, title: "DLMS secret" },
          description: "Password of low level or secret of high level authentication (an extension of the contract).",
        }),
      ),
    ),
    mbus_key: writeOnly(
      sealed(
        hexadecimal({
          ...{ most: 32, lengths: [32], title: "M-Bus key" },
          description: "AES-128 key of M-Bus telegrams (an extension of the contract).",
        }),
      ),
    ),
  },
  readFields: { meter: resourceSchemas(meterDevices).read },
  filters: {
    meter: refersTo("meter"),
    meter_name: meterHas("name"),
    meter_external_system_reference: meterHas("external_system_reference"),
    meter_manufacturer_serial: meterHas("manufacturer_serial"),
    meter_dlms_system_title: meterHas("dlms_system_title"),
    meter_dlms_logical_device_name: meterHas("dlms_logical_device_name"),
  },
  unique: [["meter"]],
  example: {
    meter: "5d1f0a7e-3c94-4b8e-9b32-8c1e2d3f4a50",
    dlms_global_unicast_encryption_key: "000102030405060708090A0B0C0D0E0F",
    dlms_global_authentication_key: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
  } satisfies Row,
  hooks,
};
