import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import Type from "typebox";
import { invalidFields } from "../../../errors/platform-error.ts";
import { choice, computed, flag, integer, jsonObject, reference, text } from "../../../registry/fields.ts";
import { equals } from "../../../registry/filters.ts";
import { everyOperation, type Resource, type ResourceHooks, type Row } from "../../../registry/resource.ts";
import type { Sealer } from "../../../registry/sealing.ts";
import { acceptedTimezones } from "../../../registry/timezones.ts";
import { certificatePin } from "./certificate-pin.ts";
import { mdcSwitches } from "./switches.ts";

export const secretColumns = ["password", "dsn"] as const;
export type MdcSecret = (typeof secretColumns)[number];

/** Where a secret is kept: it opens for this MDC and this column only. */
export function placeOfSecret(mdc: string, column: MdcSecret): string {
  return `udil_mdcs:${mdc}:${column}`;
}

/** Credentials travel in HTTP headers: printable ASCII without blanks around it. */
const inHeader = "^[!-~](?:[ -~]*[!-~])?$";

const hooks: ResourceHooks = {
  prepare(values, before, { sealer }) {
    const whole = { ...before, ...values };
    const wrong = problemsOf(whole, { ...present(before), ...given(values) });
    if (Object.keys(wrong).length > 0) throw invalidFields(wrong);
    const id = (before?.id as string | undefined) ?? randomUUID();
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
  const { transport = "api", base_url, username, code, folder } = whole;
  const wrong: Record<string, string> = {};
  const need = (field: string, there: unknown, why: string) => {
    if (!there) wrong[field] = `${why} needs it.`;
  };
  if (transport === "api") need("base_url", base_url, "Transport api");
  if (base_url) {
    need("username", username, "The service");
    need("password", secrets.password, "The service");
    need("code", code, "The service");
    if (!URL.canParse(base_url as string)) wrong.base_url = "A URL is required.";
  }
  if (transport === "database") need("dsn", secrets.dsn, "Transport database");
  if (transport === "file") need("folder", folder, "Transport file");
  return wrong;
}

function sealed(values: Row, id: string, sealer: Sealer): Row {
  const parts = secretColumns
    .filter((column) => typeof values[column] === "string")
    .map((column) => [column, sealer.seal(values[column] as string, placeOfSecret(id, column))]);
  return { ...values, ...Object.fromEntries(parts) };
}
