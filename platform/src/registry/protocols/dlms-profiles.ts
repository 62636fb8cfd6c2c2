/**
 * Models that are known to differ from the standard. A profile's settings stand under those of the type and the device, so
 * that `"profile": "kamstrup-han"` is all there is to write. Every quirk has its reason and the report it comes from; a
 * quirk without a setting is one that every meter's bytes are read with.
 */
import type { DlmsHabits } from "./dlms.ts";

export interface DlmsProfile {
  readonly name: string;
  /** Maker and model. */
  readonly title: string;
  readonly settings: DlmsHabits;
  readonly quirks: readonly Quirk[];
}

export interface Quirk {
  /** Which of the settings it is the reason of; null when no setting is needed. */
  readonly setting: keyof DlmsHabits | null;
  readonly reason: string;
  readonly source: string;
}

export const dlmsProfiles: readonly DlmsProfile[] = [
  {
    name: "aidon-han",
    title: "Aidon, customer port",
    settings: {},
    quirks: [
      {
        setting: null,
        reason: "The date-time of its pushes has length 0: the body's clock, or the time of arrival, is taken.",
        source: "UtilitechAS/amsreader-firmware issue 28",
      },
    ],
  },
  {
    name: "elgama-gama-350",
    title: "Elgama GAMA 350",
    settings: { push_counter: "ignored" },
    quirks: [
      {
        setting: "push_counter",
        reason: "Its ciphered pushes carry the invocation counter 0 every time, so that no replay can be told.",
        source: "UtilitechAS/amsreader-firmware issue 1198",
      },
      {
        setting: null,
        reason: "It leaves its system title out (00): the one registered with the meter stands in the nonce.",
        source: "UtilitechAS/amsreader-firmware issue 1198",
      },
      {
        setting: null,
        reason: "A plain line /EGM5G35 comes before its frames.",
        source: "UtilitechAS/amsreader-firmware issue 1198",
      },
    ],
  },
  {
    name: "iskra-am550",
    title: "Iskra AM550",
    settings: {},
    quirks: [
      {
        setting: null,
        reason: "It pushes in three HDLC frames with the segmentation bit and shared flags: they are joined.",
        source: "arendst/Tasmota issue 8790",
      },
    ],
  },
  {
    name: "kaifa-han",
    title: "Kaifa MA304 and its kin, customer port",
    settings: {},
    quirks: [
      {
        setting: null,
        reason: "A type tag stands before the date-time of its pushes (09 0C …).",
        source: "bytes in UtilitechAS/amsreader-firmware issue 180",
      },
    ],
  },
  {
    name: "kamstrup-han",
    title: "Kamstrup, customer port",
    settings: { clock: "standard-time-all-year" },
    quirks: [
      {
        setting: "clock",
        reason:
          "Its clock shows local standard time in summer too and carries no deviation (8000). Unconfirmed for Finland.",
        source: "UtilitechAS/amsreader-firmware PR 1227",
      },
    ],
  },
  {
    name: "landis-gyr-e450-encryption-key-only",
    title: "Landis+Gyr E450 whose owner was given only the encryption key",
    settings: { push_protection: "encrypted" },
    quirks: [
      {
        setting: "push_protection",
        reason:
          "Its pushes carry a tag that cannot be checked without the authentication key: readings are not authenticated.",
        source: "UtilitechAS/amsreader-firmware issue 720",
      },
      {
        setting: null,
        reason: "Two pushes in turn come in general blocks inside HDLC UI frames, each counting from block 1.",
        source: "esphome/esphome PR 16942; scs/smartmeter-datacollector issues 18 and 41",
      },
    ],
  },
  {
    name: "landis-gyr-zcxi120",
    title: "Landis+Gyr ZCXi120 and ZMXi320",
    settings: {},
    quirks: [
      {
        setting: null,
        reason: "A rejected association carries no user-information: result and diagnostic alone decide.",
        source: "Gurux/gurux.dlms.java PR 22 and 23",
      },
    ],
  },
  {
    name: "pietro-fiorentini-rse",
    title: "Pietro Fiorentini RSE gas meters",
    settings: { general_ciphering: true },
    quirks: [
      {
        setting: "general_ciphering",
        reason:
          "It answers in general-glo-ciphering with an empty system title: that of the association, or the registered one, is taken.",
        source: "u9n/dlms-cosem issue 72",
      },
    ],
  },
];

export const dlmsProfileNames: readonly string[] = dlmsProfiles.map(({ name }) => name);

/** The settings of a profile; none for no profile. */
export function profileSettings(name: string | undefined): DlmsHabits {
  return dlmsProfiles.find((profile) => profile.name === name)?.settings ?? {};
}
