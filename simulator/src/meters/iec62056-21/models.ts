/**
 * The models of the neighbourhood's IEC 62056-21 meters. The names are invented; every habit is one that real meters have,
 * with the reason it is here. A new model is one more entry.
 */
import type { ZoneName } from "../zone.ts";

export interface Habit<T> {
  readonly value: T;
  /** Why a simulated meter should do this. */
  readonly because: string;
}

export interface Iec62056Model {
  readonly make: string;
  readonly model: string;
  /** Three letters: they open identification and serial number. */
  readonly flag: string;
  readonly firmware: string;
  readonly description: string;
  /** Tells the protocol mode: digits C, letters B. */
  readonly baudCharacter: Habit<string>;
  readonly offersModeE: Habit<boolean>;
  readonly addresses: Habit<"reduced" | "full">;
  readonly parity: Habit<"none" | "even">;
  /** NULs that wake it. */
  readonly wakeUp: Habit<number | undefined>;
  readonly protocolCharacters: Habit<readonly string[] | undefined>;
  readonly asksForAddress: Habit<boolean>;
  readonly zone: Habit<ZoneName>;
  /** What programming mode is for: none, or registers, clock and load profile. */
  readonly programming: Habit<Programming | undefined>;
  /** Sends telegrams by itself, so many milliseconds apart, and hears nothing. */
  readonly pushes: Habit<number | undefined>;
}

export interface Programming {
  /** What the utility believes about the password. */
  readonly registered: "right" | "wrong";
  /** Rows of a partial block. */
  readonly rowsPerBlock: number;
}

const plainCharacters = { value: "none", because: "gateways usually strip the parity bit" } as const;
const awake = { value: undefined, because: "on the mains it never sleeps" } as const;
const anyProtocol = { value: undefined, because: "most meters take every protocol character" } as const;
const alone = { value: false, because: "the plain sign-on without an address must do" } as const;
const localTime = {
  value: "central-european",
  because: "the season digit tells which of two equal hours it is",
} as const;
const answers = { value: undefined, because: "it speaks when it is spoken to" } as const;
const readoutOnly = { value: undefined, because: "many household meters know the readout and nothing else" } as const;

export const iec62056Models: readonly Iec62056Model[] = [
  {
    ...{ make: "Sperber", model: "D3Z", flag: "SPB", firmware: "1.04" },
    description: "Three-phase meter with a readout",
    baudCharacter: { value: "5", because: "mode C with a proposal of 9600 baud is the commonest" },
    offersModeE: { value: false, because: "without the mark nothing but modes C and below is offered" },
    addresses: { value: "reduced", because: "what is self-evident is left out: 1.8.0 for 1-0:1.8.0*255" },
    parity: plainCharacters,
    wakeUp: awake,
    protocolCharacters: anyProtocol,
    asksForAddress: alone,
    zone: localTime,
    programming: readoutOnly,
    pushes: answers,
  },
  {
    ...{ make: "Sperber", model: "L6Q", flag: "SPB", firmware: "3.11" },
    description: "Load profile meter",
    baudCharacter: { value: "6", because: "19200 baud are the fastest that the standard knows" },
    offersModeE: { value: true, because: "meters that also speak DLMS write \\2, and are read in mode C all the same" },
    addresses: { value: "reduced", because: "VDEW meters write reduced identifiers everywhere" },
    parity: plainCharacters,
    wakeUp: awake,
    protocolCharacters: anyProtocol,
    asksForAddress: { value: true, because: "several meters share the line of a substation" },
    zone: localTime,
    programming: {
      value: { registered: "right", rowsPerBlock: 40 },
      because: "long answers of R6 come in partial blocks, each to be acknowledged",
    },
    pushes: answers,
  },
  {
    ...{ make: "Tarnow", model: "E4P", flag: "TRw", firmware: "2.0" },
    description: "Three-phase meter behind a 7E1 line",
    baudCharacter: { value: "4", because: "4800 baud, so that not everything is 9600" },
    offersModeE: { value: false, because: "without the mark nothing but modes C and below is offered" },
    addresses: { value: "full", because: "some meters write every group of the identifier" },
    parity: {
      value: "even",
      because: "a modem inside the meter passes the parity bit on, and ignores characters without it",
    },
    wakeUp: awake,
    protocolCharacters: { value: ["2"], because: "some meters answer only one protocol character" },
    asksForAddress: alone,
    zone: localTime,
    programming: readoutOnly,
    pushes: answers,
  },
  {
    ...{ make: "Tarnow", model: "B1", flag: "TRW", firmware: "1.2" },
    description: "Battery meter of an older kind",
    baudCharacter: { value: "E", because: "letters are mode B: no acknowledgement, the meter changes speed by itself" },
    offersModeE: { value: false, because: "mode B came before it" },
    addresses: { value: "reduced", because: "older meters write reduced identifiers" },
    parity: plainCharacters,
    wakeUp: { value: 20, because: "meters on batteries sleep until they hear NULs" },
    protocolCharacters: anyProtocol,
    asksForAddress: alone,
    zone: { value: "central-european-standard", because: "some clocks keep winter time all year" },
    programming: readoutOnly,
    pushes: answers,
  },
  {
    ...{ make: "Sperber", model: "L5Q", flag: "SPB", firmware: "2.87" },
    description: "Load profile meter",
    baudCharacter: { value: "5", because: "mode C with a proposal of 9600 baud is the commonest" },
    offersModeE: { value: false, because: "the predecessor without the mark" },
    addresses: { value: "reduced", because: "VDEW meters write reduced identifiers everywhere" },
    parity: plainCharacters,
    wakeUp: awake,
    protocolCharacters: anyProtocol,
    asksForAddress: alone,
    zone: localTime,
    programming: {
      value: { registered: "wrong", rowsPerBlock: 40 },
      because: "passwords changed on site and never reported keep utilities out of their meters",
    },
    pushes: answers,
  },
  {
    ...{ make: "Zeeland", model: "P5", flag: "ZLD", firmware: "5.0.2" },
    description: "Smart meter with a P1 port",
    baudCharacter: { value: "5", because: "DSMR fixes it: the speed of the port is 115200 whatever it says" },
    offersModeE: { value: true, because: "DSMR telegrams open with \\2 or \\3 behind the maker's letters" },
    addresses: { value: "full", because: "P1 writes medium and channel" },
    parity: plainCharacters,
    wakeUp: awake,
    protocolCharacters: anyProtocol,
    asksForAddress: alone,
    zone: localTime,
    programming: { value: undefined, because: "the port only sends" },
    pushes: { value: 1_000, because: "DSMR 5 sends every second" },
  },
];

/** @throws RangeError for a name that is in no entry */
export function modelNamed(name: string): Iec62056Model {
  const model = iec62056Models.find(({ model }) => model === name);
  if (model) return model;
  throw new RangeError(
    `no IEC 62056-21 model ${name}; there are ${iec62056Models.map(({ model }) => model).join(", ")}`,
  );
}
