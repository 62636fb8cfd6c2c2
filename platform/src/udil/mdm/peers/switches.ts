import Type, { type Static } from "typebox";

/** Longest list of devices in one request; peers promise no more. */
export const mostDevicesPerRequest = 500;

export const pollableTables = ["INST", "BILL", "MBIL", "LPRO", "EVNT", "VISL", "DCH"] as const;
export type PollableTable = (typeof pollableTables)[number];

const yesOrNo = (description: string) => Type.Optional(Type.Boolean({ description }));

/** Where an MDC departs from its version of UDIL, and what is read from it. */
export const mdcSwitches = Type.Object(
  {
    quoted_scalars: yesOrNo("Single form values in double quotes, as section 4 prints them."),
    multipart: yesOrNo("Bodies as multipart/form-data."),
    header_case: Type.Optional(
      Type.Unsafe<"lower" | "upper" | "capitalized">({
        type: "string",
        enum: ["lower", "upper", "capitalized"],
        description: "How names of headers are written, for servers that mind it. Default lower.",
      }),
    ),
    paths: Type.Optional(
      Type.Record(Type.String({ maxLength: 50 }), Type.String({ maxLength: 200, pattern: "^[\\w./-]*$" }), {
        description: "Addresses of services that have another name there, by the service's name.",
        maxProperties: 40,
      }),
    ),
    zero_dates: yesOrNo("0000-00-00 00:00:00 for a time that is not known."),
    load_profile_energy: Type.Optional(
      Type.Unsafe<"abs" | "pos">({
        type: "string",
        enum: ["abs", "pos"],
        description:
          "What active_energy of the load profile of version v1 is: of both directions (default), or import.",
      }),
    ),
    long_sampling: yesOrNo("Takes sampling intervals above 59 minutes, though it is of version v1."),
    tables: Type.Optional(
      Type.Array(Type.Unsafe<PollableTable>({ type: "string", enum: [...pollableTables] }), {
        uniqueItems: true,
        description: "Tables that are polled. Default: all of the version.",
      }),
    ),
    devices_per_request: Type.Optional(
      Type.Integer({
        ...{ minimum: 1, maximum: mostDevicesPerRequest },
        description: `Devices of one request at most. Default ${mostDevicesPerRequest}.`,
      }),
    ),
    lists_all_without_ids: yesOrNo(
      "A read without ids gives rows of every meter it has: so meters that are not known yet are found.",
    ),
    reads_by: Type.Optional(
      Type.Unsafe<"db_datetime" | "meter_datetime">({
        type: "string",
        enum: ["db_datetime", "meter_datetime"],
        description:
          "Which time of a row its read services look for: when it was stored there (default), or the row's own. Of the latter every poll reads days again, or rows that came late would be missed: 7 days of BILL and EVNT, 35 of MBIL, 2 of INST, 1 of LPRO and DCH.",
      }),
    ),
    schema: Type.Optional(
      Type.String({
        ...{ pattern: "^[A-Za-z_][A-Za-z0-9_$]*$", maxLength: 63 },
        description: "Schema of the tables, of transport database. Default: the search path of the user.",
      }),
    ),
  },
  { additionalProperties: false, title: "Switches", description: "Where the MDC departs from its version." },
);

export type MdcSwitches = Static<typeof mdcSwitches>;
