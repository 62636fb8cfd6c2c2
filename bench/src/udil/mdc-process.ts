/**
 * A vendor's MDC of v1 in a process of its own, with answers made beforehand, so that it is the reader who is measured.
 * Prints its port and its certificate in a line of JSON; ends with its standard input. Arguments: its number, days of rows.
 */
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { pakistanTime, writeResponse } from "@anymeter/udil";
import { makeCertificate } from "../../../simulator/src/vendor-mdc/certificate.ts";
import { minutes, newest, vendorMeters, vendorRow } from "./vendor-rows-sample.ts";

const [number, days] = process.argv.slice(2).map(Number) as [number, number];

/** Rows of all meters at each interval, as elements of `data`. */
const slots: { readonly stamp: string; readonly rows: Buffer }[] = [];
for (let slot = (days * 24 * 60) / minutes - 1; slot >= 0; slot--) {
  const at = newest - slot * minutes * 60_000;
  const rows = Array.from({ length: vendorMeters }, (_, meter) => vendorRow(number, meter, at));
  const answer = { kind: "rows", status: 1, table: "LPRO", rows, message: "" } as const;
  const text = new TextDecoder().decode(writeResponse(answer, { version: "v1", format: "json", zone: pakistanTime }));
  const first = text.indexOf("[") + 1;
  slots.push({ stamp: stampOf(text), rows: Buffer.from(text.slice(first, text.lastIndexOf("]"))) });
}

function stampOf(text: string): string {
  return /"db_datetime":"([^"]+)"/.exec(text)![1]!;
}

const open = Buffer.from('{"status":"1","message":"","data":[');
const comma = Buffer.from(",");
const close = Buffer.from("]}");

const { cert, key } = await makeCertificate("mdc", "127.0.0.1");
const server = createServer({ cert, key }, async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  response.writeHead(200, { "content-type": "application/json" });
  if (request.url?.endsWith("authorization_service")) {
    response.end('{"status":"1","privatekey":"key","message":""}');
    return;
  }
  const form = new URLSearchParams(Buffer.concat(parts).toString());
  const [start, end] = [form.get("start_datetime") ?? "", form.get("end_datetime") ?? ""];
  const chosen = slots.filter(({ stamp }) => stamp >= start && stamp <= end).flatMap(({ rows }) => [comma, rows]);
  for (const part of [open, ...chosen.slice(1)]) if (!response.write(part)) await once(response, "drain");
  response.end(close);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port, cert })}\n`);
});
process.stdin.resume().on("end", () => process.exit(0));
