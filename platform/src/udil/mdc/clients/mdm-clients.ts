import Type from "typebox";
import { choice, flag, jsonObject, text } from "../../../registry/fields.ts";
import { equals } from "../../../registry/filters.ts";
import { greatestPasswordCharacters, hashPassword, leastPasswordCharacters } from "../../../registry/passwords.ts";
import { everyOperation, type Resource, type ResourceHooks } from "../../../registry/resource.ts";
import { acceptedTimezones } from "../../../registry/timezones.ts";

/** Credentials travel in HTTP headers, which hold nothing but ASCII, and lose blanks and quotation marks around them. */
const inHeader = "^[!#-&(-~](?:[ -~]*[!#-&(-~])?$";
const secretInHeader = "^[!-~](?:[ -~]*[!-~])?$";

const credentials = ["username", "password", "code"] as const;

const hooks: ResourceHooks = {
  async prepare({ password, ...values }, before, { db }) {
    const hashed = typeof password === "string" ? { password_hash: await hashPassword(password) } : {};
    // Whoever holds a key that was given for other credentials is out at once.
    if (before && credentials.some((name) => (name === "password" ? password : values[name]) !== undefined))
      await db
        .deleteFrom("udil_keys")
        .where("client", "=", before.id as string)
        .execute();
    return { ...values, ...hashed };
  },
};

export const mdmClients: Resource = {
  name: "udil-mdm-clients",
  path: "/v1/udil/mdm-clients",
  operationPrefix: "udil_mdm-clients",
  tag: "UDIL MDM clients",
  singular: "MDM client",
  plural: "MDM clients",
  about:
    "Another system (MDM) that reads and commands the meters of one organization through UDIL (an extension of the contract, for staff).",
  schema: "UdilMdmClient",
  table: "udil_mdm_clients",
  id: "uuid",
  operations: everyOperation,
  readAccess: "staff",
  ownership: "required",
  fields: {
    name: text({ most: 50, required: true, title: "Name" }),
    username: text({
      ...{ most: 50, required: true, title: "Username", pattern: inHeader },
      description: "Sent in a header to authorization_service. Printable ASCII.",
    }),
    password: {
      ...text({
        ...{ least: leastPasswordCharacters, most: greatestPasswordCharacters, required: true, verbatim: true },
        ...{ title: "Password", pattern: secretInHeader },
        description: "Never returned. Printable ASCII. A new one ends the life of all keys.",
      }),
      writeOnly: true,
    },
    code: text({
      ...{ most: 50, required: true, title: "Code", pattern: inHeader },
      description: "The third of UDIL's credentials. Printable ASCII.",
    }),
    version: choice(["v1", "v3.2", "v3.3"], {
      title: "Version of UDIL",
      description: "v1 is of 19 February 2019, v3.2 of 21 September 2022, v3.3 of 17 September 2025.",
    }),
    format: choice(["json", "xml"], {
      title: "Format of answers",
      description: "When the Accept header does not choose one.",
    }),
    timezone: choice(acceptedTimezones, {
      title: "Timezone",
      description: "IANA zone of every time on the wire, which never says one.",
    }),
    is_active: flag({
      title: "Is active",
      description: "A client that is not gets no key, and its keys open nothing.",
    }),
    transport: choice(["api", "database"], {
      title: "Transport",
      description: "How it reads rows: by the services alone, or also from tables of a database of its own.",
    }),
    switches: jsonObject(
      Type.Object(
        {
          zero_dates: Type.Optional(
            Type.Boolean({
              description: "0000-00-00 00:00:00 for a time that is not known, instead of an empty text.",
            }),
          ),
          event_counter: Type.Optional(
            Type.Boolean({ description: "event_counter in the event rows of version v1, whose table lacks it." }),
          ),
          coarse_event_codes: Type.Optional(
            Type.Boolean({
              description:
                "Events have the coarser codes of version v1's own list, as 113 for 133; several of one second may then have one code.",
            }),
          ),
          long_sampling: Type.Optional(
            Type.Boolean({ description: "Takes sampling intervals above 59 minutes from a client of version v1." }),
          ),
          load_profile_energy: Type.Optional(
            Type.Unsafe<"abs" | "pos">({
              type: "string",
              enum: ["abs", "pos"],
              description: "What active_energy of the load profile of version v1 is: of both directions, or import.",
            }),
          ),
          reads_by: Type.Optional(
            Type.Unsafe<"meter_datetime" | "db_datetime">({
              type: "string",
              enum: ["meter_datetime", "db_datetime"],
              description:
                "Which time of a row the start and end of a read are of: that of storing it (without this), or its own.",
            }),
          ),
          unknown_transaction_404: Type.Optional(
            Type.Boolean({ description: "Answers unknown transactions with HTTP 404 instead of 200 with status 0." }),
          ),
        },
        { additionalProperties: false, title: "Switches", description: "Where the client departs from its version." },
      ),
    ),
  },
  filters: { name: equals("name"), username: equals("username") },
  unique: [
    ["organization", "name"],
    ["username", "code"],
  ],
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    name: "National MDM",
    username: "mdm_user",
    password: "correct horse battery staple",
    code: "223",
    version: "v1",
    format: "json",
    timezone: "Asia/Karachi",
    switches: { zero_dates: true },
  },
  hooks,
};
