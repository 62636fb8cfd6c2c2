import { randomUUID } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { type Kysely, sql } from "kysely";
import Type from "typebox";
import { invalidFields } from "../../../errors/platform-error.ts";
import { choice, computed, flag, integer, jsonObject, reference, text } from "../../../registry/fields.ts";
import { equals } from "../../../registry/filters.ts";
import { everyOperation, type Resource, type ResourceHooks, type Row } from "../../../registry/resource.ts";
import { SealError, type Sealer } from "../../../registry/sealing.ts";
import { acceptedTimezones } from "../../../registry/timezones.ts";
import type { Database } from "../../../stores/relational/database.ts";
import { settingsMoved } from "../polling/cursors.ts";
import { certificatePin } from "./certificate-pin.ts";
import { type MdcSwitches, mdcSwitches } from "./switches.ts";

export const secretColumns = ["password", "dsn"] as const;
export type MdcSecret = (typeof secretColumns)[number];

/** Where a secret is kept: it opens for this MDC and this column only. */
export function placeOfSecret(mdc: string, column: MdcSecret): string {
  return `udil_mdcs:${mdc}:${column}`;
}

/** Credentials travel in HTTP headers: printable ASCII without blanks around it. */
const inHeader = "^[!-~](?:[ -~]*[!-~])?$";

const hooks: ResourceHooks = {
  async prepare(values, before, { sealer, db }) {
    const whole = { ...before, ...values };
    const wrong = problemsOf(whole, { ...present(before), ...given(values) });
    if (Object.keys(wrong).length > 0) throw invalidFields(wrong);
    const id = (before?.id as string | undefined) ?? randomUUID();
    if (before !== undefined) {
      const schemas = [before, whole].map(({ switches }) => (switches as MdcSwitches | undefined)?.schema);
      const tables = schemas[0] !== schemas[1] || (await isOtherDatabase(values.dsn, id, db, sealer));
      await settingsMoved(db, id, { tables, zone: whole.timezone !== before.timezone });
    }
    const pin = values.pinned_certificate;
    return {
      ...(before ? {} : { id }),
      ...sealed(values, id, sealer),
      ...(typeof pin === "string" && { pinned_certificate: certificatePin(pin) }),
    };
  },
};

export const mdcs: Resource = {
  name: "udil-mdcs",
  path: "/v1/udil/mdcs",
  operationPrefix: "udil_mdcs",
  tag: "UDIL MDCs",
  singular: "MDC",
  plural: "MDCs",
  about:
    "A vendor's head-end (MDC) whose meters are read and commanded through UDIL (an extension of the contract, for staff).",
  schema: "UdilMdc",
  table: "udil_mdcs",
  id: "uuid",
  operations: everyOperation,
  readAccess: "staff",
  ownership: "required",
  fields: {
    name: text({ most: 50, required: true, title: "Name" }),
    number: computed(Type.Integer({ description: "Number of the source in rows of meters' profiles." }), sql`t.number`),
    transport: choice(["api", "database", "file"], {
      title: "Transport",
      description:
        "How rows are read: by UDIL's services, from tables of the vendor's PostgreSQL, or from CSV files in a folder.",
    }),
    base_url: text({
      ...{ most: 500, least: 1, nullable: true, title: "Base URL", pattern: "^https://[^\\s?#]+$" },
      description:
        "https://host:port, with a path where services have one in front. Needed for commands, whatever the transport.",
    }),
    username: text({ most: 50, least: 1, nullable: true, title: "Username", pattern: inHeader }),
    password: {
      ...text({
        ...{ most: 256, least: 1, nullable: true, verbatim: true, title: "Password", pattern: inHeader },
        description: "Kept sealed, never returned.",
      }),
      sealed: true,
      writeOnly: true,
    },
    has_password: computed(Type.Boolean({ title: "Has a password" }), sql`t.password is not null`),
    code: text({
      ...{ most: 50, least: 1, nullable: true, title: "Code", pattern: inHeader },
      description: "The third of UDIL's credentials.",
    }),
    version: choice(["v1", "v3.2", "v3.3"], {
      title: "Version of UDIL",
      description: "v1 is of 19 February 2019, v3.2 of 21 September 2022, v3.3 of 17 September 2025.",
    }),
    format: choice(["json", "xml"], { title: "Format of answers", description: "What is asked for by Accept." }),
    timezone: choice(acceptedTimezones, {
      title: "Timezone",
      description: "IANA zone of every time the MDC tells, which never says one.",
    }),
    poll_interval_seconds: integer({
      ...{ minimum: 1, maximum: 86_400, title: "Poll interval" },
      description: "Seconds from the begin of a poll to the next.",
    }),
    history_days: integer({
      ...{ minimum: 0, maximum: 3650, title: "History" },
      description:
        "How many days back rows of a meter are read when it is new here; monthly billing rows 62 days at least.",
    }),
    overlap_seconds: integer({
      ...{ minimum: 0, maximum: 604_800, title: "Overlap" },
      description: "How much of what was read is read again, for rows that the MDC inserts late.",
    }),
    tls_verify: flag({
      title: "Verify TLS",
      description: "Trusts certificates of known authorities only. A pinned certificate is enough without.",
    }),
    pinned_certificate: {
      ...text({
        ...{ most: 10_000, least: 1, nullable: true, title: "Pinned certificate" },
        description:
          "SHA-256 of the MDC's certificate in hexadecimal digits, or the certificate in PEM. No other is trusted.",
      }),
      check: (value: string | null) =>
        value && certificatePin(value) === undefined
          ? "The SHA-256 of a certificate (64 hexadecimal digits) or a certificate in PEM is required."
          : undefined,
    },
    dsn: {
      ...text({
        ...{ most: 1000, least: 1, nullable: true, verbatim: true, title: "DSN", pattern: "^postgres(?:ql)?://\\S+$" },
        description:
          "postgresql://user:password@host:port/database of the vendor's tables. Kept sealed, never returned.",
      }),
      sealed: true,
      writeOnly: true,
    },
    has_dsn: computed(Type.Boolean({ title: "Has a DSN" }), sql`t.dsn is not null`),
    folder: text({
      ...{ most: 500, least: 1, nullable: true, title: "Folder", pattern: "^[^\\0]+$" },
      description: "Where the vendor drops CSV files; relative to the data directory, or absolute.",
    }),
    device_type: reference("meter_device_types", {
      title: "Device type",
      description: "Of devices that are created for meters the MDC tells of.",
    }),
    creates_devices: flag({
      title: "Creates devices",
      description: "Whether meters that are not known become devices; otherwise their rows are set aside.",
    }),
    fills_holes: flag({
      title: "Fills holes",
      description: "Whether missing rows of profiles are asked for again, from the MDC and then from the meter.",
    }),
    is_active: flag({ title: "Is active", description: "One that is not is neither polled nor commanded." }),
    switches: jsonObject(mdcSwitches),
  },
  filters: { name: equals("name"), transport: equals("transport") },
  unique: [["organization", "name"]],
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    name: "Meters of Acme",
    base_url: "https://mdc.acme.example:8443/udil",
    username: "mdm",
    password: "correct horse battery staple",
    code: "223",
    version: "v1",
    format: "json",
    timezone: "Asia/Karachi",
    poll_interval_seconds: 60,
  } satisfies Row,
  hooks,
};

type Present = Partial<Record<MdcSecret, boolean>>;

function present(before: Row | undefined): Present {
  return before ? { password: before.has_password === true, dsn: before.has_dsn === true } : {};
}

function given(values: Row): Present {
  return Object.fromEntries(
    secretColumns.filter((column) => values[column] !== undefined).map((column) => [column, values[column] !== null]),
  );
}

/** What a transport needs and does not have, by field. */
function problemsOf(whole: Row, secrets: Present): Record<string, string> {
  const { transport = "api", base_url, username, code, folder, dsn } = whole;
  const wrong: Record<string, string> = {};
  const need = (field: string, there: unknown, why: string) => {
    if (!there) wrong[field] = `${why} needs it.`;
  };
  if (transport === "api") need("base_url", base_url, "Transport api");
  if (base_url) {
    need("username", username, "The service");
    need("password", secrets.password, "The service");
    need("code", code, "The service");
    const problem = problemOfAddress(base_url as string);
    if (problem !== undefined) wrong.base_url = problem;
  }
  if (transport === "database") need("dsn", secrets.dsn, "Transport database");
  if (typeof dsn === "string" && databaseOf(dsn) === undefined)
    wrong.dsn = "postgresql://user:password@host:port/database is required; special characters of the password as %XX.";
  if (transport === "file") need("folder", folder, "Transport file");
  return wrong;
}

/** An MDC may be anywhere in a utility's own network; but no host of one is at an address that leads to no other machine. */
function problemOfAddress(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || url.port === "0") return "A URL is required.";
  if (url.username !== "" || url.password !== "") return "Credentials have fields of their own.";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  if (family === 0 || !nowhere.check(host, family === 4 ? "ipv4" : "ipv6")) return undefined;
  return "Link-local, multicast and unspecified addresses are no MDC's.";
}

const nowhere = new BlockList();
nowhere.addSubnet("0.0.0.0", 8, "ipv4");
nowhere.addSubnet("169.254.0.0", 16, "ipv4");
nowhere.addSubnet("224.0.0.0", 3, "ipv4");
nowhere.addAddress("::", "ipv6");
nowhere.addSubnet("fe80::", 10, "ipv6");
nowhere.addSubnet("ff00::", 8, "ipv6");

/** Host, port and name of the database of a DSN; undefined: it names none. */
function databaseOf(dsn: string): string | undefined {
  const url = URL.parse(dsn);
  if (url === null || url.hostname === "" || url.pathname.length < 2) return undefined;
  return `${url.hostname}:${url.port || 5432}${url.pathname}`;
}

/** Whether a new DSN leads to other tables, and does not only change who reads them. */
async function isOtherDatabase(dsn: unknown, id: string, db: Kysely<Database>, sealer: Sealer): Promise<boolean> {
  if (typeof dsn !== "string") return false;
  const row = await db.selectFrom("udil_mdcs").select("dsn").where("id", "=", id).executeTakeFirst();
  if (!row?.dsn) return true;
  try {
    return databaseOf(sealer.open(row.dsn, placeOfSecret(id, "dsn")).toString("utf8")) !== databaseOf(dsn);
  } catch (error) {
    // Under a lost master key: a new DSN mends it.
    if (error instanceof SealError) return true;
    throw error;
  }
}

function sealed(values: Row, id: string, sealer: Sealer): Row {
  const parts = secretColumns
    .filter((column) => typeof values[column] === "string")
    .map((column) => [column, sealer.seal(values[column] as string, placeOfSecret(id, column))]);
  return { ...values, ...Object.fromEntries(parts) };
}
