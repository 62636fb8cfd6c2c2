/**
 * Models that are known to differ from the standard. A profile's settings stand under those of the type and the device, so
 * that `"profile": "kamstrup-han"` is all there is to write. Every quirk has its reason and the report it comes from; a
 * quirk without a setting is one that every meter's bytes are read with.
 */
import type { CommandName } from "../commands/index.ts";
import type { DlmsHabits } from "./dlms.ts";
import { type CommandHomes, standardHomes } from "./dlms-commands.ts";

export interface DlmsProfile {
  readonly name: string;
  /** Maker and model. */
  readonly title: string;
  readonly settings: DlmsHabits;
  /** Commands whose values this maker keeps in other objects than the standard's, or in none. */
  readonly commands?: Partial<CommandHomes>;
  readonly quirks: readonly Quirk[];
}

export interface Quirk {
  /** Which of the settings it is the reason of; null when no setting is needed. */
  readonly setting: keyof DlmsHabits | null;
  /** The command whose objects it is the reason of. */
  readonly command?: keyof CommandHomes;
  readonly reason: string;
  readonly source: string;
}

const simulatedObjects = "objects in anymeter/simulator";
const mtiNames = "OBIS names in rashadmaqsood/mti_seac7";
const tpiFrames = "frames in Protocol V36 of intelliwork-udil/MeterClient";

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
    name: "anymeter-simulator",
    title: "Meters of the simulator that comes with the platform",
    settings: {},
    commands: {
      sanctioned_load_control: {
        by: "limiter",
        object: "0.0.17.0.0.255",
        scripts: { table: "0.0.10.0.106.255", disconnect: 1, reconnect: 2 },
        retries: { maximum: "1.0.147.45.0.255", clearInterval: "1.0.147.46.0.255" },
      },
    },
    quirks: [
      {
        setting: null,
        command: "sanctioned_load_control",
        reason:
          "Beside the limiter, which counts no retries, it has objects for their number and for when they are counted anew.",
        source: simulatedObjects,
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
    name: "mti",
    title: "Microtech Industries (MTI), Pakistan",
    settings: {},
    commands: {
      sanctioned_load_control: {
        by: "none",
        reason:
          "MTI meters keep limits in 1-0:1.35.1 to 4 and retries in a structure of the contactor (0-0:96.3.128) whose elements are not published.",
      },
      load_shedding_scheduling: {
        by: "none",
        reason: "MTI meters switch by pairs of times in 0-0:12.0.1 to 16, whose form is not published.",
      },
      update_ip_port: {
        by: "none",
        reason: "MTI meters keep addresses in a profile of their own (0-0:25.160.0), whose form is not published.",
      },
      meter_data_sampling: {
        by: "none",
        reason:
          "MTI meters keep capture periods in 1-0:99.1.132, 1-0:99.2.132 and 1-0:99.128.132, whose unit is not published.",
      },
      update_wake_up_sim_number: {
        by: "none",
        reason: "MTI meters keep all wake-up numbers in one object (0-0:96.133.0), whose form is not published.",
      },
      on_demand_read: { by: "profiles", vendor: "B" },
    },
    quirks: [
      {
        setting: null,
        command: "sanctioned_load_control",
        reason: "Limits and retries are in objects of the maker's own, of which only the addresses are known.",
        source: mtiNames,
      },
      {
        setting: null,
        command: "load_shedding_scheduling",
        reason: "At most twelve pairs of on and off, in sixteen objects of the maker's own.",
        source: mtiNames,
      },
      {
        setting: null,
        command: "update_ip_port",
        reason: "Addresses are in one structure of the maker's own.",
        source: mtiNames,
      },
      {
        setting: null,
        command: "meter_data_sampling",
        reason: "Periods are in objects beside the profiles; whether they are seconds or minutes is not told.",
        source: mtiNames,
      },
      {
        setting: null,
        command: "update_wake_up_sim_number",
        reason: "Wake-up numbers are in one object of the maker's own.",
        source: mtiNames,
      },
      {
        setting: null,
        command: "on_demand_read",
        reason: "The second load profile holds instantaneous values, and billing of days is in 98.2.",
        source: mtiNames,
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
  {
    name: "tpi-34g",
    title: "TPI-34G three-phase meter, Pakistan",
    settings: { client_sap: 48, event_codes: "udil" },
    commands: {
      sanctioned_load_control: {
        by: "registers",
        enable: "0.0.96.60.10.255",
        thresholds: ["1.0.15.35.0.0", "1.0.15.35.0.1", "1.0.15.35.0.2", "1.0.15.35.0.3"],
        durations: ["1.0.15.44.0.0", "1.0.15.44.0.1", "1.0.15.44.0.2", "1.0.15.44.0.3"],
        maximumRetries: "1.0.147.45.0.255",
        retryInterval: "1.0.147.44.0.255",
        retryClearInterval: "1.0.147.46.0.255",
      },
      load_shedding_scheduling: {
        by: "schedule",
        object: "0.0.12.0.0.255",
        scripts: { table: "0.0.10.0.0.255" },
        greatestIndex: 30,
        datesMustDiffer: true,
        clear: { table: "0.0.10.0.0.255", script: 11 },
      },
      update_time_of_use: {
        by: "activity calendar",
        object: "0.0.13.0.0.255",
        tariffScripts: "0.0.10.0.100.255",
        specialDays: { object: "0.0.11.0.0.255", written: "as a whole" },
        mostWeeks: 4,
        factory: { table: "0.0.10.0.0.255", script: 12 },
      },
      update_ip_port: {
        by: "none",
        reason:
          "The TPI-34G keeps addresses in a structure of 21 elements (0-0:25.4.128) together with its access point: not all of them are published, and writing it without them could cut the meter off.",
      },
      meter_data_sampling: {
        by: "none",
        reason:
          "The TPI-34G keeps pending periods in 0-0:94.92.41 to 43, put in force by 0-0:94.92.40: which profile each belongs to is not published.",
      },
      activate_meter_optical_port: { by: "window", object: "0.0.96.60.16.255" },
      update_wake_up_sim_number: {
        by: "numbers",
        objects: ["0.0.96.12.128.255", "0.0.96.12.129.255", "0.0.96.12.130.255"],
      },
      on_demand_read: {
        by: "profiles",
        vendor: "A",
        untoldUnits: {
          V: { scaler: -2, unit: 35 },
          A: { scaler: -2, unit: 33 },
          Hz: { scaler: -2, unit: 44 },
          kW: { scaler: 0, unit: 27 },
          kVAR: { scaler: 0, unit: 29 },
          kWh: { scaler: 0, unit: 30 },
          kVARh: { scaler: 0, unit: 32 },
          none: { scaler: -3, unit: 255 },
        },
      },
    },
    quirks: [
      {
        setting: "client_sap",
        reason: "It serves its management client at address 48, and logical device 1.",
        source: tpiFrames,
      },
      {
        setting: "event_codes",
        reason: "Rows of its event log hold UDIL's own codes, the code before the clock.",
        source: tpiFrames,
      },
      {
        setting: null,
        command: "sanctioned_load_control",
        reason: "A limit for each tariff, and retries in registers of its own: the limiter of the standard has none.",
        source: tpiFrames,
      },
      {
        setting: null,
        command: "load_shedding_scheduling",
        reason:
          "At most thirty entries, run from a script table of its own, whose script 11 empties the schedule; the days on which an entry begins and ends must differ.",
        source: tpiFrames,
      },
      {
        setting: null,
        command: "update_time_of_use",
        reason:
          "At most four weeks, and holidays are written as a whole; script 12 of its table goes back to the first calendar.",
        source: tpiFrames,
      },
      {
        setting: null,
        command: "update_ip_port",
        reason: "Addresses are elements of a structure that also holds the access point.",
        source: tpiFrames,
      },
      {
        setting: null,
        command: "meter_data_sampling",
        reason: "Periods are written beside the profiles and put in force together at a time of their own.",
        source: tpiFrames,
      },
      {
        setting: null,
        command: "activate_meter_optical_port",
        reason: "It has an object for the times between which the optical port is open, which the standard lacks.",
        source: tpiFrames,
      },
      {
        setting: null,
        command: "update_wake_up_sim_number",
        reason: "Each wake-up number has an object of its own; the standard has a list.",
        source: tpiFrames,
      },
      {
        setting: null,
        command: "on_demand_read",
        reason:
          "Instantaneous values are one row of a profile, and events are in a log of the electricity group. Where it tells no scaler, volts, amperes and hertz count hundredths, power factors thousandths, and powers and energies are in W and Wh.",
        source: tpiFrames,
      },
    ],
  },
];

export const dlmsProfileNames: readonly string[] = dlmsProfiles.map(({ name }) => name);

/** The settings of a profile; none for no profile. */
export function profileSettings(name: string | undefined): DlmsHabits {
  return dlmsProfiles.find((profile) => profile.name === name)?.settings ?? {};
}

/** Why no meter of the profile can be asked for the command; undefined where it has an object for it. */
export function reasonWithoutHome(name: string | undefined, command: CommandName): string | undefined {
  const home = (commandHomes(name) as Partial<Record<CommandName, CommandHomes[keyof CommandHomes]>>)[command];
  return home?.by === "none" ? home.reason : undefined;
}

/** Where meters of a profile keep what commands set; the standard's objects where the profile says nothing else. */
export function commandHomes(name: string | undefined): CommandHomes {
  return { ...standardHomes, ...dlmsProfiles.find((profile) => profile.name === name)?.commands };
}
