/**
 * The makes of the neighbourhood's DLMS meters. The names are invented; every habit is one that real meters have, with the
 * reason it is here. A new make is one more entry.
 */
import type { ConformanceBit, MechanismName, ServerHabits } from "@anymeter/dlms-cosem";
import type { ZoneName } from "../zone.ts";
import type { EventCodes } from "./event-codes.ts";
import type { ControlMode } from "./operation/load-switch.ts";
import type { ColumnName } from "./profiles/columns.ts";
import type { QuantityName, Resolutions } from "./quantities.ts";
import type { SignalForm } from "./signal.ts";

export interface Habit<T> {
  readonly value: T;
  /** Why a simulated meter should do this. */
  readonly because: string;
}

export interface MeterMake {
  readonly manufacturer: string;
  /** Three letters: they open serial number, logical device name and system title. */
  readonly flag: string;
  readonly model: string;
  readonly firmware: string;
  readonly phases: 1 | 3;
  /** How many of sixty. */
  readonly share: number;
  readonly framing: Habit<Framing>;
  readonly access: Habit<Access>;
  readonly pduSize: Habit<{ readonly receive: number; readonly send: number }>;
  readonly clock: Habit<ClockHabit>;
  readonly profile: Habit<ProfileHabit>;
  readonly resolutions: Resolutions;
  readonly energyType: "double-long-unsigned" | "long64-unsigned";
  readonly session: Habit<ServerHabits>;
  /** How it pushes, when a head-end is there to push to. */
  readonly push?: Habit<PushHabit>;
  /** What it does not offer of the services all others have. */
  readonly withoutConformance?: Habit<readonly ConformanceBit[]>;
  /** How its supply is switched; absent = it cannot be disconnected, and has no limiter. */
  readonly disconnector?: Habit<ControlMode>;
  readonly tariffs: number;
  readonly events: EventCodes;
  /** How it tells what its modem hears; absent = it has none. */
  readonly signal?: Habit<SignalForm>;
  /** Where what commands set is kept: objects of the standard, or of the maker's own. */
  readonly objects: "standard" | "tpi-34g";
  /** Quantities at other addresses than the standard's. */
  readonly codes?: Habit<Partial<Record<QuantityName, string>>>;
  /** Its meters are the last ones of a neighbourhood, after the others were dealt out. */
  readonly dealtLast?: true;
}

export type Framing =
  | { readonly type: "wrapper" }
  | {
      readonly type: "hdlc";
      readonly physicalAddress: number;
      readonly addressLength: 1 | 2 | 4;
      readonly maxInformation: number;
      readonly window: number;
    };

export interface Access {
  readonly clientSap: number;
  readonly mechanism: MechanismName;
  readonly security?: {
    readonly suite: 0 | 1;
    readonly authenticated: boolean;
    readonly encrypted: boolean;
    /** The client hands the meter a key for each association. */
    readonly dedicatedKey: boolean;
  };
}

export interface ClockHabit {
  readonly zone: ZoneName;
  /** Whether date-times carry the deviation or leave it unspecified (8000). */
  readonly deviation: "given" | "unspecified";
  /** Whether date-times carry a status or leave it unspecified (FF). */
  readonly status: "given" | "unspecified";
}

export interface ProfileHabit {
  /** Captured after the clock, in this order. "status" is the profile status word. */
  readonly columns: readonly Exclude<ColumnName, "clock">[];
  readonly sort: "fifo" | "lifo";
  readonly compression: "none" | "null-data";
}

export interface PushHabit {
  readonly transport: "tcp" | "udp";
  /** Whether the body begins with the list of its objects, or holds bare values that only the push setup explains. */
  readonly body: "listed" | "bare";
  /** It waits for an answer and pushes again without one. */
  readonly confirmed?: boolean;
  /** Bytes of a general block; absent = in one piece. */
  readonly blockSize?: number;
}

export const makes: readonly MeterMake[] = [
  {
    manufacturer: "Aldermark",
    flag: "ALM",
    model: "AM1",
    firmware: "2.04",
    phases: 1,
    share: 12,
    framing: { value: { type: "wrapper" }, because: "the plain case: one wrapper frame, one APDU" },
    access: {
      value: { clientSap: 16, mechanism: "none" },
      because: "first installations often leave the public client able to read everything",
    },
    pduSize: { value: { receive: 1024, send: 0 }, because: "a day of profile fits into one answer" },
    clock: {
      value: { zone: "utc", deviation: "given", status: "given" },
      because: "clocks that keep UTC with deviation 0 are the easy ones",
    },
    profile: {
      value: { columns: ["import", "export", "volts", "amperes"], sort: "fifo", compression: "none" },
      because: "the least a service impedance can be estimated from",
    },
    resolutions: { energy: 0, volts: -1, amperes: -2 },
    disconnector: { value: 4, because: "remote disconnection and reconnection is what utilities order" },
    signal: { value: "register", because: "a register with its unit is the plain way to tell a modem's signal" },
    tariffs: 2,
    events: "idis",
    objects: "standard",
    energyType: "double-long-unsigned",
    session: { value: {}, because: "does what the standard says" },
  },
  {
    manufacturer: "Borealis",
    flag: "BOR",
    model: "B3",
    firmware: "1.17.3",
    phases: 3,
    share: 12,
    framing: { value: { type: "wrapper" }, because: "three-phase meters with a modem speak TCP themselves" },
    access: {
      value: { clientSap: 1, mechanism: "lls" },
      because: "a password in clear is still the most common lock in the field",
    },
    pduSize: {
      value: { receive: 512, send: 512 },
      because: "small answers make every profile a block transfer, whatever the client could take",
    },
    clock: {
      value: { zone: "central-european", deviation: "given", status: "given" },
      because: "local time with summer time and its deviation is what IDIS meters keep",
    },
    profile: {
      value: {
        columns: [
          "status",
          "import",
          "export",
          "inductive",
          "capacitive",
          "volts-1",
          "volts-2",
          "volts-3",
          "amperes-1",
          "amperes-2",
          "amperes-3",
        ],
        sort: "fifo",
        compression: "none",
      },
      because: "a wide profile: its buffer never fits into one of its answers",
    },
    resolutions: { energy: 0, volts: -1, amperes: -2 },
    disconnector: { value: 4, because: "remote disconnection and reconnection is what utilities order" },
    signal: { value: "gsm-diagnostic", because: "IDIS meters tell it in the diagnostic of their modem" },
    tariffs: 2,
    events: "idis",
    objects: "standard",
    energyType: "double-long-unsigned",
    session: {
      value: { rejectionWithUserInformation: false },
      because: "some makers reject an association without saying why in user-information",
    },
    push: {
      value: { transport: "udp", body: "listed" },
      because: "a plain datagram that explains itself: object list, name, clock, values with scaler and unit",
    },
  },
  {
    manufacturer: "Castellan",
    flag: "CST",
    model: "C1",
    firmware: "R09",
    phases: 1,
    share: 10,
    framing: {
      value: { type: "hdlc", physicalAddress: 17, addressLength: 2, maxInformation: 128, window: 1 },
      because: "a serial meter behind a TCP gateway: HDLC as on the line, with its smallest frames",
    },
    access: { value: { clientSap: 1, mechanism: "lls" }, because: "passwords over HDLC, as serial meters have them" },
    pduSize: { value: { receive: 256, send: 256 }, because: "block transfer on top of segmentation" },
    clock: {
      value: { zone: "central-european", deviation: "unspecified", status: "given" },
      because: "a deviation of 8000 leaves the zone to the head-end, and the repeated hour to the status bit",
    },
    profile: {
      value: { columns: ["import", "export", "volts", "amperes", "status"], sort: "fifo", compression: "none" },
      because: "the status comes last here: columns are found by name, never by place",
    },
    resolutions: { energy: 0, volts: -1, amperes: -2 },
    disconnector: {
      value: 2,
      because: "a switch that somebody at the meter may open and close, and the remote side too",
    },
    tariffs: 2,
    events: "idis",
    objects: "standard",
    energyType: "double-long-unsigned",
    session: { value: { lists: "access-error" }, because: "old stacks answer a with-list request with one error" },
    push: {
      value: { transport: "tcp", body: "listed" },
      because: "HDLC pushes come unasked in UI frames, segmented, without any connection",
    },
    withoutConformance: { value: ["multiple-references"], because: "it says itself that it takes no lists" },
  },
  {
    manufacturer: "Delphin",
    flag: "DLF",
    model: "D3",
    firmware: "4.2.0",
    phases: 3,
    share: 10,
    framing: { value: { type: "wrapper" }, because: "TCP, as most secured meters" },
    access: {
      value: {
        clientSap: 1,
        mechanism: "gmac",
        security: { suite: 0, authenticated: true, encrypted: true, dedicatedKey: false },
      },
      because: "HLS with GMAC and suite 0 is what tenders ask for",
    },
    pduSize: { value: { receive: 2048, send: 2048 }, because: "ciphered blocks: tags count against the size too" },
    clock: {
      value: { zone: "central-european", deviation: "given", status: "given" },
      because: "local time with summer time, ciphered",
    },
    profile: {
      value: {
        columns: ["status", "import", "export", "volts-1", "volts-2", "volts-3", "amperes-1", "amperes-2", "amperes-3"],
        sort: "fifo",
        compression: "none",
      },
      because: "voltages and currents of three phases with what was consumed",
    },
    resolutions: { energy: 0, volts: -1, amperes: -3 },
    disconnector: { value: 4, because: "remote disconnection and reconnection is what utilities order" },
    signal: { value: "gsm-diagnostic", because: "its modem is a module with a diagnostic of its own" },
    tariffs: 2,
    events: "idis",
    objects: "standard",
    energyType: "double-long-unsigned",
    session: {
      value: { wrongCounter: "exception" },
      because: "a counter at or below the last is answered with the one it waits for",
    },
    push: {
      value: { transport: "tcp", body: "bare", confirmed: true },
      because: "ciphered, confirmed, and without a word of what its values are: the push setup must be read first",
    },
  },
  {
    manufacturer: "Elvar",
    flag: "ELV",
    model: "E1",
    firmware: "11.0",
    phases: 1,
    share: 8,
    framing: { value: { type: "wrapper" }, because: "TCP" },
    access: {
      value: {
        clientSap: 2,
        mechanism: "gmac",
        security: { suite: 1, authenticated: true, encrypted: true, dedicatedKey: true },
      },
      because: "suite 1 changes the security control byte, a dedicated key the counters; client 2 is not everyone's",
    },
    pduSize: { value: { receive: 1024, send: 0 }, because: "ciphered answers as long as the client can take" },
    clock: {
      value: { zone: "central-european-standard", deviation: "given", status: "unspecified" },
      because: "standard time the whole year, and a clock status of FF that says nothing",
    },
    profile: {
      value: { columns: ["status", "import", "export", "volts", "amperes"], sort: "fifo", compression: "null-data" },
      because: "null in the clock column is one period later, null elsewhere the value above",
    },
    resolutions: { energy: 0, volts: -2, amperes: -2 },
    disconnector: {
      value: 3,
      because: "nobody's cooker may come on from afar: reconnection waits for the button at the meter",
    },
    signal: { value: "register", because: "a register with its unit is the plain way to tell a modem's signal" },
    tariffs: 2,
    events: "idis",
    objects: "standard",
    energyType: "long64-unsigned",
    session: { value: {}, because: "does what the standard says" },
    push: {
      value: { transport: "udp", body: "bare" },
      because: "general-glo-ciphering of suite 1 in a datagram: nobody answers it",
    },
  },
  {
    manufacturer: "Fjordlys",
    flag: "FJL",
    model: "F3",
    firmware: "3.3",
    phases: 3,
    share: 4,
    framing: {
      value: { type: "hdlc", physicalAddress: 4002, addressLength: 4, maxInformation: 512, window: 3 },
      because: "four-byte addresses and a window above one are where HDLC clients fail",
    },
    access: {
      value: {
        clientSap: 1,
        mechanism: "gmac",
        security: { suite: 0, authenticated: true, encrypted: true, dedicatedKey: false },
      },
      because: "ciphering over HDLC",
    },
    pduSize: { value: { receive: 512, send: 512 }, because: "ciphered block transfer over segmented frames" },
    clock: { value: { zone: "utc", deviation: "given", status: "given" }, because: "UTC" },
    profile: {
      value: {
        columns: ["import", "inductive", "volts-1", "volts-2", "volts-3", "amperes-1", "amperes-2", "amperes-3"],
        sort: "lifo",
        compression: "none",
      },
      because: "newest first: rows must be ordered by their clock, not by their place",
    },
    resolutions: { energy: 1, volts: -1, amperes: -2 },
    tariffs: 2,
    events: "idis",
    objects: "standard",
    energyType: "double-long-unsigned",
    session: { value: { lists: "exception" }, because: "with-list requests are answered by an exception" },
    push: {
      value: { transport: "tcp", body: "listed", blockSize: 64 },
      because: "general blocks inside HDLC frames, to be joined before they can be deciphered",
    },
  },
  {
    manufacturer: "Gulmohar",
    flag: "GLM",
    model: "G34",
    firmware: "36.1",
    phases: 3,
    share: 4,
    dealtLast: true,
    framing: { value: { type: "wrapper" }, because: "a modem of its own, which speaks TCP" },
    access: { value: { clientSap: 48, mechanism: "lls" }, because: "the TPI-34G serves its management client at 48" },
    pduSize: {
      value: { receive: 300, send: 1024 },
      because:
        "it takes APDUs of about 300 bytes, so that calendars are written in blocks; rows of 190 bytes need more",
    },
    clock: {
      value: { zone: "utc", deviation: "unspecified", status: "given" },
      because: "makers of its country write deviations nobody should trust: this one leaves it out",
    },
    profile: {
      value: {
        columns: [
          "import-of-tariff-1",
          "import-of-tariff-2",
          "import",
          "export-of-tariff-1",
          "export-of-tariff-2",
          "export",
          "absolute-of-tariff-1",
          "absolute-of-tariff-2",
          "absolute",
          "inductive-of-tariff-1",
          "inductive-of-tariff-2",
          "inductive",
          "capacitive-of-tariff-1",
          "capacitive-of-tariff-2",
          "capacitive",
          "reactive-absolute-of-tariff-1",
          "reactive-absolute-of-tariff-2",
          "reactive-absolute",
          "import-demand-of-tariff-0",
          "export-demand-of-tariff-0",
          "absolute-demand-of-tariff-0",
          "amperes-1",
          "amperes-2",
          "amperes-3",
          "volts-1",
          "volts-2",
          "volts-3",
          "active-import",
          "active-export",
          "absolute-power",
          "reactive-import",
          "reactive-export",
          "reactive-absolute-power",
          "power-factor",
          "frequency",
          "tariff",
        ],
        sort: "fifo",
        compression: "none",
      },
      because: "37 columns of cumulated registers and means, as UDIL's load profile wants them",
    },
    resolutions: { energy: 0, volts: -2, amperes: -2 },
    disconnector: { value: 4, because: "remote disconnection and reconnection is what utilities order" },
    signal: { value: "octets", because: "the maker's two octets, of which the second is the strength" },
    tariffs: 4,
    events: "udil",
    objects: "tpi-34g",
    codes: {
      value: {
        "active-import": "1.0.1.27.0.255",
        "active-export": "1.0.2.27.0.255",
        "absolute-power": "1.0.15.27.0.255",
        "reactive-import": "1.0.3.27.0.255",
        "reactive-export": "1.0.4.27.0.255",
        "reactive-absolute-power": "1.0.128.27.0.255",
        "reactive-absolute": "1.0.128.8.0.255",
        "power-factor": "1.0.13.27.0.255",
      },
      because: "aggregates are the current average 5 of the standard, and absolute reactive energy is the maker's own",
    },
    energyType: "double-long-unsigned",
    session: { value: {}, because: "does what the standard says" },
  },
];
