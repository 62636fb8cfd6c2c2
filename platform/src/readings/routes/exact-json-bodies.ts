import type { FastifyInstance } from "fastify";
import { parseJson } from "../../http/json-body.ts";
import { bareValue, valueAsWritten } from "../exact-json.ts";

/** Makes the routes of this scope see a `value` that was sent as a JSON number as the digits it was written with. */
export function keepValuesExact(app: FastifyInstance): void {
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    try {
      const bytes = body as Buffer;
      const value = parseJson(bytes);
      const text = bytes.toString("utf8");
      done(null, bareValue.test(text) ? JSON.parse(text, valueAsWritten) : value);
    } catch (error) {
      done(error as Error);
    }
  });
}
