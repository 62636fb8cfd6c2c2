/** Explains the layers of an application layer, from the outermost to the records. */
import { Explainer, hexFromByte, hexFromBytes, joinBytes } from "@anymeter/sans-io";
import { applicationErrorReason } from "../application/application-error.ts";
import { describeFixedUnit } from "../application/fixed-structure.ts";
import { headerFields } from "../application/header.ts";
import type { AuthenticatedLayer, ExtendedLayer, Layer, OpenedLayers, TransportLayer } from "../application/layers.ts";
import { mediumName } from "../application/medium.ts";
import { formatHeadLength, readFormatFrame } from "../application/record-formats.ts";
import { describeStatus } from "../application/status.ts";
import type { Telegram } from "../application/telegram.ts";
import { decodeRecords } from "../records/decode.ts";
import { recordName } from "../records/record.ts";
import { recordValueText } from "../records/record-text.ts";
import { macField } from "../security/authentication-layer.ts";
import { configurationOf, securityModeName } from "../security/configuration.ts";
import { sessionCheckLength } from "../security/extended-link-layer.ts";
import { explainRecords } from "./records.ts";
import { explainSelection } from "./selection.ts";

/**
 * Explains all bytes of the application layer.
 * @param base where it begins in what `explainer` explains
 */
export function explainApplication(explainer: Explainer, base: number, opened: OpenedLayers, telegram: Telegram): void {
  explainLayers(explainer, base, opened.layers, telegram);
}

/** "data of the meter, long header, of KAM 12345678, water: 5 records". */
export function summarize({ layers }: OpenedLayers, telegram: Telegram): string {
  const { header, records, applicationError, problems } = telegram;
  const parts = [layers.at(-1)!.information.name];
  if (header?.identification !== undefined) {
    const medium = header.medium === undefined ? "" : `, ${mediumName(header.medium)}`;
    parts.push(`of ${[header.manufacturer, header.identification].filter(Boolean).join(" ")}${medium}`);
  }
  if (applicationError !== undefined) parts.push(applicationErrorReason(applicationError));
  if (records.length > 0) parts.push(`${records.length} ${records.length === 1 ? "record" : "records"}`);
  if (telegram.moreFollows) parts.push("more in the next telegram");
  const security = problems.find(({ fault }) => fault === "security");
  return [...parts, ...(security ? [security.message] : [])].join(", ");
}

function explainLayers(
  explainer: Explainer,
  base: number,
  [layer, ...inner]: readonly Layer[],
  telegram: Telegram,
): void {
  if (!layer) return;
  explainer.upTo(base + layer.start + 1, `CI field: ${layer.information.name}`, {
    value: hexFromByte(layer.controlInformation),
  });
  switch (layer.type) {
    case "extended link layer":
      return explainExtended(explainer, base, layer, inner, telegram);
    case "authentication":
      return explainAuthentication(explainer, base, layer, inner, telegram);
    case "transport":
      return explainTransport(explainer, base, layer, telegram);
  }
}

function explainExtended(
  explainer: Explainer,
  base: number,
  { start, end, bytes, layer, session }: ExtendedLayer,
  inner: readonly Layer[],
  telegram: Telegram,
): void {
  explainer.upTo(base + start + 2, "communication control", { value: hexFromByte(layer.communicationControl) });
  explainer.upTo(base + start + 3, "access number", { value: layer.accessNumber });
  if (layer.address) explainer.upTo(base + start + 11, "second address", { value: hexFromBytes(layer.address) });
  if (!session) return explainLayers(explainer, base, inner, telegram);
  explainer.upTo(base + end, "session number and cipher", { value: hexFromBytes(layer.session!) });
  if (!session.bytes) return explainer.upTo(base + bytes.length, `enciphered: ${session.problem!.message}`);
  if (!session.enciphered) {
    const verdict = session.problem ? "wrong" : "right";
    explainer.upTo(base + end + sessionCheckLength, `check sequence of the session, ${verdict}`);
    return explainLayers(explainer, base, inner, telegram);
  }
  const plain = new Explainer();
  plain.upTo(sessionCheckLength, "check sequence of the session, right");
  explainLayers(plain, 0, inner, telegram);
  explainer.upTo(base + bytes.length, "enciphered session", {
    content: {
      origin: "deciphered (AES-128-CTR of the extended link layer)",
      hex: hexFromBytes(session.bytes),
      parts: plain.parts,
    },
  });
}

function explainAuthentication(
  explainer: Explainer,
  base: number,
  { bytes, layer }: AuthenticatedLayer,
  inner: readonly Layer[],
  telegram: Telegram,
): void {
  for (const { name, offset, length } of layer.fields) {
    const verdict = name === macField ? macVerdict(inner, telegram) : "";
    const value = hexFromBytes(bytes.subarray(offset, offset + length));
    explainer.upTo(base + offset + length, name + verdict, { value });
  }
  if (inner.length === 0) return explainer.upTo(base + bytes.length, "fragment of a longer message");
  explainLayers(explainer, base, inner, telegram);
}

/** It is checked before anything is deciphered. */
function macVerdict(inner: readonly Layer[], { problems }: Telegram): string {
  if (problems.some(({ code }) => code === "mac_wrong")) return ", wrong";
  const deciphered = inner.some((layer) => layer.type === "transport" && layer.data.origin !== undefined);
  return deciphered ? ", right" : ", not checked";
}

function explainTransport(explainer: Explainer, base: number, layer: TransportLayer, telegram: Telegram): void {
  explainHeader(explainer, base, layer);
  const dataAt = base + layer.end;
  const end = base + layer.bytes.length;
  const { content, origin } = layer.data;
  if (!content) {
    const reason = telegram.problems.find(({ fault }) => fault === "security") ?? telegram.problems[0];
    return explainer.upTo(end, `enciphered data: ${reason?.message ?? "not readable"}`);
  }
  if (origin === undefined) return explainContent(explainer, dataAt, content, layer, telegram);
  const plain = new Explainer();
  explainContent(plain, 0, content, layer, telegram);
  explainer.upTo(end, "enciphered data", { content: { origin, hex: hexFromBytes(content), parts: plain.parts } });
}

function explainHeader(explainer: Explainer, base: number, { start, end, header, information }: TransportLayer): void {
  if (!header) return;
  const meanings = {
    identification: ["identification", header.identification],
    manufacturer: ["manufacturer", header.manufacturer],
    version: ["version", header.version],
    medium: [`device type: ${mediumName(header.medium ?? 0)}`, header.medium],
    accessNumber: ["access number", header.accessNumber],
    status: [`status: ${describeStatus(header.status).join(", ") || "no complaint"}`, hexFromByte(header.status)],
    configuration: [`configuration: ${configurationName(header.configuration)}`, undefined],
  } as const;
  let at = base + start + 1;
  for (const { name, length } of headerFields[information.header]) {
    const [meaning, value] = meanings[name];
    at += length;
    explainer.upTo(at, meaning, { value });
  }
  explainer.upTo(base + end, "extension of the configuration field: key and its derivation");
}

function configurationName(field: number): string {
  const { mode, encryptedLength } = configurationOf(field);
  return `${securityModeName(mode)}${encryptedLength > 0 ? `, ${encryptedLength} bytes enciphered` : ""}`;
}

function explainContent(
  explainer: Explainer,
  base: number,
  content: Uint8Array,
  layer: TransportLayer,
  telegram: Telegram,
): void {
  const end = base + content.length;
  if (layer.isFixed) return explainFixed(explainer, base, content, telegram);
  const direction = layer.information.direction === "to meter" ? "to meter" : "from meter";
  switch (layer.information.content) {
    case "records":
      return explainRecords(explainer, base, content, telegram, direction);
    case "compact":
      return explainCompact(explainer, base, content, telegram);
    case "format":
      return explainFormat(explainer, base, content);
    case "selection":
      return explainSelection(explainer, base, content);
    case "application error":
      explainer.upTo(Math.min(base + 1, end), `error: ${applicationErrorReason(content[0] ?? 0)}`, {
        value: content[0],
      });
      return explainer.upTo(end, "further bytes of the error");
    case "alarm":
      explainer.upTo(Math.min(base + 1, end), "alarm bits, defined by the maker", {
        value: hexFromByte(content[0] ?? 0),
      });
      return explainer.upTo(end, "further bytes of the alarm");
    case "command":
      return explainer.upTo(end, "subcode");
    default:
      return explainer.upTo(end, "data of another protocol", { value: hexFromBytes(content) });
  }
}

function explainFixed(explainer: Explainer, base: number, content: Uint8Array, { header, records }: Telegram): void {
  const { identification, accessNumber = 0, status = 0, medium = 0 } = header ?? {};
  const coding = status & 1 ? "binary counters" : "BCD counters";
  explainer.upTo(base + 4, "identification", { value: identification });
  explainer.upTo(base + 5, "access number", { value: accessNumber });
  explainer.upTo(base + 6, `status: ${coding}, ${status & 2 ? "stored at the due date" : "current"}`, {
    value: hexFromByte(status),
  });
  for (const [index, what] of ["first", "second"].entries()) {
    const unit = describeFixedUnit(content[6 + index]! & 0x3f);
    explainer.upTo(base + 7 + index, `half of the medium ${mediumName(medium)}; ${what} counter: ${unit}`);
  }
  for (const [index, record] of records.entries()) {
    explainer.upTo(base + 12 + 4 * index, `counter: ${recordName(record)}`, { value: recordValueText(record) });
  }
}

function explainCompact(explainer: Explainer, base: number, content: Uint8Array, telegram: Telegram): void {
  const end = base + content.length;
  explainer.upTo(Math.min(base + 2, end), "format signature: check sequence of DIF and VIF of the full telegram");
  explainer.upTo(Math.min(base + 4, end), "check sequence of the full telegram");
  if (telegram.records.length === 0) return explainer.upTo(end, "values, whose format no telegram before has shown");
  const full = new Explainer();
  explainRecords(full, 0, telegram.content, telegram, "from meter");
  explainer.upTo(end, "values without DIF and VIF", {
    content: {
      origin: "with DIF and VIF of the full telegram",
      hex: hexFromBytes(telegram.content),
      parts: full.parts,
    },
  });
}

function explainFormat(explainer: Explainer, base: number, content: Uint8Array): void {
  const end = base + content.length;
  const format = readFormatFrame(content);
  if (!("heads" in format)) return explainer.upTo(end, `not understood: ${format.message}`);
  explainer.upTo(base + 1, "length of the format");
  explainer.upTo(base + formatHeadLength, "format signature: check sequence of the DIF and VIF, right");
  let at = base + formatHeadLength;
  for (const head of format.heads) {
    const [record] = decodeRecords(joinBytes([head, nothing])).records;
    at += head.length;
    explainer.upTo(at, `DIF and VIF of a record${record ? `: ${recordName(record)}` : ""}`);
  }
}

/** Data for a head that is only to be named: zeros are a value of every coding. */
const nothing = new Uint8Array(8);
