import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { FastifyInstance, FastifyReply } from "fastify";
import Type from "typebox";
import { invalidFields, PlatformError } from "../../errors/platform-error.ts";
import { limits } from "../../http/limits.ts";
import { route } from "../../http/route.ts";
import { takeAsStream } from "../../http/slow-requests.ts";
import type { BulkReport } from "../bulk/bulk-intake.ts";
import { type NamedReading, nameLimit, type Verdict } from "../intake.ts";
import type { Readings } from "../readings.ts";
import { decimalSchema, timestampSchema } from "./meter-readings.ts";

/** Limits of a JSON body; more goes in as JSON lines. */
const newReadingLimits = { rows: 10_000, bodyBytes: 8 * 1024 * 1024 } as const;

const NewMeterReading = Type.Object(
  {
    meter_device_name: Type.String({ minLength: 1, maxLength: nameLimit }),
    series_name: Type.String({ minLength: 1, maxLength: nameLimit }),
    timestamp: timestampSchema,
    value: decimalSchema,
    organization: Type.Optional(
      Type.String({ format: "uuid", description: "Needed only when several organizations have a meter of the name." }),
    ),
  },
  { $id: "NewMeterReading", additionalProperties: false },
);
const body = Type.Unsafe<NamedReading | readonly NamedReading[]>({
  anyOf: [NewMeterReading, Type.Array(NewMeterReading, { maxItems: newReadingLimits.rows })],
});
const anything = Type.Unsafe<unknown>({});

const linesType = "application/x-ndjson";

/** `/metering/new-meter-readings`: readings by the names of their meters and series. */
export async function newMeterReadingRoutes(app: FastifyInstance, readings: Readings): Promise<void> {
  // Rows are checked one by one, so that one that is wrong spoils no other.
  app.setValidatorCompiler(() => (value) => ({ value }));
  app.addContentTypeParser([linesType, "application/jsonl", "application/x-jsonlines"], (request, payload, done) => {
    takeAsStream(request.raw);
    const encoding = request.headers["content-encoding"] ?? "identity";
    if (encoding === "identity") done(null, payload);
    else if (encoding === "gzip") done(null, unzipped(payload));
    else done(new PlatformError("unsupported_media_type", { message: `Unsupported content encoding "${encoding}".` }));
  });

  route(app, {
    method: "POST",
    path: "/v1/metering/new-meter-readings",
    operationId: "metering_new-meter-readings_create",
    tag: "New meter readings",
    summary: "Send readings by the names of meters and series",
    description: about,
    consumes: [linesType],
    bodyLimit: newReadingLimits.bodyBytes,
    body,
    responses: {
      201: { description: "Every row was taken, and is durable: stored, or staged. What was sent.", schema: anything },
      207: {
        description: "Some rows were refused: a verdict for each row, or the counts of a bulk.",
        schema: anything,
      },
      400: { description: "Every row was refused: messages by field, for each row of a list.", schema: anything },
    },
    handler: async ({ body, scope, raw }, reply) => {
      const type = raw.headers["content-type"]?.split(";")[0]?.trim();
      if (type !== undefined && type !== "application/json") {
        const report = await takeLines(readings, body as unknown as Readable, scope);
        answerWith(reply, statusOf(report.stored + report.staged, report.refused));
        return report;
      }
      const rows = rowsOf(body);
      const verdicts = await readings.intake.take(rows, scope);
      const refused = verdicts.filter((verdict) => verdict.status === "refused").length;
      const status = statusOf(rows.length - refused, refused);
      if (status === 201) return body;
      answerWith(reply, status);
      if (status === 207) return verdicts.map((verdict, row) => ({ row, ...verdict }));
      return Array.isArray(body) ? verdicts.map(errorsOf) : errorsOf(verdicts[0]!);
    },
  });
}

const about = `One object, a list of at most ${newReadingLimits.rows} objects, or JSON lines
(\`${linesType}\`, gzip allowed) of any length, which are stored while they arrive: as long as that takes, at
${limits.streamBytesPerSecond} bytes a second or more.
A reading of an unknown meter is staged and becomes a meter reading when the meter is created. A series that does not
exist, or that the meter's config does not allow, is refused. The same reading again is one reading.`;

/** @returns the bytes of a gzip stream; reading them fails when they are no gzip, or when the sender is gone */
function unzipped(payload: Readable): Readable {
  // Who reads the result sees the error.
  return pipeline(payload, createGunzip(), () => {});
}

function statusOf(taken: number, refused: number): 201 | 207 | 400 {
  if (refused === 0) return 201;
  return taken > 0 ? 207 : 400;
}

/** A refusal of every row has the code that every error has. */
function answerWith(reply: FastifyReply, status: 201 | 207 | 400): void {
  reply.code(status);
  if (status === 400) reply.header("x-error-code", "invalid");
}

function errorsOf(verdict: Verdict) {
  return verdict.status === "refused" ? verdict.errors : {};
}

/** @throws PlatformError when the list is empty or too long */
function rowsOf(body: NamedReading | readonly NamedReading[]): readonly NamedReading[] {
  if (!Array.isArray(body)) return [body as NamedReading];
  if (body.length === 0) throw invalidFields({ non_field_errors: "This list may not be empty." });
  if (body.length <= newReadingLimits.rows) return body;
  throw new PlatformError("body_too_large", {
    message: `The list has ${body.length} readings; at most ${newReadingLimits.rows} are taken. Send more as ${linesType}.`,
  });
}

async function takeLines(
  readings: Readings,
  stream: Readable,
  scope: Parameters<Readings["bulk"]["take"]>[1],
): Promise<BulkReport> {
  try {
    return await readings.bulk.take(stream, scope);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code?.startsWith("Z_"))
      throw new PlatformError("malformed_request", { message: "The body is not valid gzip.", cause: error });
    throw error;
  }
}
