/** Two HDLC links on a line, frames of either side, and what was said, for tests. */
import type { DlmsError } from "../errors.ts";
import { createHdlcClientLink, type HdlcClientLink } from "../framing/hdlc/client-link.ts";
import { frameKind } from "../framing/hdlc/control.ts";
import { encodeHdlcFrame, type HdlcFrame } from "../framing/hdlc/frame.ts";
import { HdlcParser } from "../framing/hdlc/parser.ts";
import { createHdlcServerLink, type HdlcServerLink } from "../framing/hdlc/server-link.ts";
import type { HdlcLinkSettings, LinkEvent } from "../framing/link.ts";
import { Line, type LineSettings } from "./line.ts";

export const settings: HdlcLinkSettings = {
  framing: "hdlc",
  client: 16,
  server: { logicalDevice: 1, physicalDevice: 17, length: 2 },
};
export const peer = { client: 16, server: 1 };
export const small = { maximumInformationSend: 32, maximumInformationReceive: 32 };
export const noInformation = new Uint8Array(0);

export function connect(
  settings: HdlcLinkSettings,
  lineSettings: LineSettings = {},
): { client: HdlcClientLink; server: HdlcServerLink; line: Line } {
  const client = createHdlcClientLink(settings);
  const server = createHdlcServerLink(settings);
  const line = new Line(client, server, lineSettings);
  client.open();
  line.run();
  return { client, server, line };
}

export function frameFields({ server, client }: HdlcLinkSettings): Omit<HdlcFrame, "control" | "information"> {
  return { destination: { logicalDevice: client }, source: server, segmented: false };
}

/** A frame of the server of `settings`. */
export function response(control: number, information: Uint8Array = noInformation, segmented = false): Uint8Array {
  return encodeHdlcFrame({ ...frameFields(settings), control, information, segmented });
}

/** A frame to the server of `settings`. */
export function command(control: number, information: Uint8Array = noInformation, client = 16): Uint8Array {
  const source = { logicalDevice: client };
  return encodeHdlcFrame({ destination: settings.server, source, control, information, segmented: false });
}

export function framesOf(bytes: Uint8Array | undefined): HdlcFrame[] {
  const parser = new HdlcParser();
  if (bytes !== undefined) parser.push(bytes);
  const frames: HdlcFrame[] = [];
  for (let frame = parser.next(); frame !== undefined; frame = parser.next()) frames.push(frame);
  return frames;
}

export function splitFrames(bytes: Uint8Array): Uint8Array[] {
  return framesOf(bytes).map(encodeHdlcFrame);
}

export function kindsIn(bytes: Uint8Array): (string | undefined)[] {
  return framesOf(bytes).map(({ control }) => frameKind(control));
}

export function kindsOf(line: Line): (string | undefined)[] {
  return line.transmissions.flatMap(({ bytes }) => kindsIn(bytes));
}

export function sentKinds(link: HdlcClientLink | HdlcServerLink): (string | undefined)[] {
  return framesOf(link.takeOutput()).map(({ control }) => frameKind(control));
}

export function eventsOf(link: HdlcClientLink | HdlcServerLink): LinkEvent[] {
  const events: LinkEvent[] = [];
  for (let event = link.nextEvent(); event !== undefined; event = link.nextEvent()) events.push(event);
  return events;
}

export function failureOf(events: readonly LinkEvent[]): DlmsError | undefined {
  const last = events.at(-1);
  return last?.type === "disconnected" ? last.error : undefined;
}
