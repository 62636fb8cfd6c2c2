/** From a wireless frame to header and records. */
import { type DecodeOptions, decodeTelegram } from "../application/decode.ts";
import type { Telegram } from "../application/telegram.ts";
import { decodeWirelessFrame, type WirelessFrame } from "./frame.ts";

export interface WirelessTelegram extends WirelessFrame {
  readonly telegram: Telegram;
}

/**
 * Decodes a wireless frame; ciphers take the meter's address from the frame where the header has none.
 * @throws ProtocolError as `decodeWirelessFrame` and `decodeTelegram`
 */
export function decodeWirelessTelegram(
  bytes: Uint8Array,
  options: Omit<DecodeOptions, "linkAddress"> = {},
): WirelessTelegram {
  const frame = decodeWirelessFrame(bytes);
  const { application, linkAddress } = frame;
  return { ...frame, telegram: decodeTelegram(application, { ...options, linkAddress }) };
}
