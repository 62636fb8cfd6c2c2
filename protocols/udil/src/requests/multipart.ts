/** The text parts of multipart/form-data (RFC 7578), as a program writes it that treats every form alike. */
import { udilError } from "../errors.ts";
import { limits } from "../limits.ts";

/** Names and values in order. @throws UdilError of a body that is no multipart body */
export function multipartFields(body: Uint8Array, contentType: string): [string, string][] {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw unreadable("its content type has no boundary");
  const parts = new TextDecoder().decode(body).split(`--${boundary}`);
  if (parts.length < 2) throw unreadable(`the boundary ${boundary} is not in it`);
  if (!/^--\s*$/.test(parts.at(-1) ?? "")) throw unreadable("it ends before its last boundary");
  // A set may come as one part for each device.
  if (parts.length > limits.ids + limits.formFields) throw unreadable("it has too many parts");
  return parts.slice(1, -1).map(fieldOf);
}

/** A body of such parts. @param boundary that stands in no value */
export function multipartBody(fields: Iterable<readonly [string, string]>, boundary: string): string {
  const parts = [...fields].map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--${boundary}--\r\n`;
}

/** Headers, an empty line and the value, with a line's end in front and behind. */
function fieldOf(part: string): [string, string] {
  const blank = /\r?\n\r?\n/.exec(part);
  const headers = part.slice(0, Math.min(blank?.index ?? 0, mostOfHeaders));
  const [, quoted, bare] = /^content-disposition:.*?[\s;]name=(?:"([^"\n]*)"|([^\s;]+))/im.exec(headers) ?? [];
  const name = quoted ?? bare;
  if (blank === null || name === undefined || !part.endsWith("\n")) {
    throw unreadable("a part of it has no name or no value");
  }
  const end = part.endsWith("\r\n") ? -2 : -1;
  return [name, part.slice(blank.index + blank[0].length, end)];
}

/** Characters of the headers of one part that are looked at. */
const mostOfHeaders = 2_000;

const unreadable = (reason: string) => udilError("request_unreadable", { notation: "multipart/form-data", reason });
