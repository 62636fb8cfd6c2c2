/** Settings of a sign-on as IEC 62056-21 has it (clause 6), which LIS-200 has too. */
import { choices, shortText, whole, yesOrNo } from "./declaration.ts";

export const signOnSettings = {
  wake_up: yesOrNo("Send NULs and pause before the sign-on, for meters on batteries. Default false."),
  wake_up_nuls: whole(1, 1000, "How many NULs wake the meter. Default 66."),
  wake_up_pause_milliseconds: whole(0, 10_000, "Pause between the NULs and the sign-on. Default 1600."),
  protocol_character: shortText("^[0-9A-Za-z]$", "Protocol character of the option select. Default 0.", 1),
  baud_character: shortText(
    "^[0-9A-Za-z]$",
    "Baud character of the option select. Default what the meter's identification proposes.",
    1,
  ),
  parity: choices(
    ["none", "even"],
    "even: what is sent carries a parity bit, for meters that check the parity of their 7-bit characters behind lines that pass 8 bits. Default none.",
  ),
};

export const signOnDefaults = {
  parity: "none",
  wake_up: false,
  wake_up_nuls: 66,
  wake_up_pause_milliseconds: 1_600,
} as const;
