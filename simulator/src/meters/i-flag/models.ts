/**
 * The models of the neighbourhood's Corus gas converters. The names are invented; every habit is one that real converters or
 * their gateways have, with the reason it is here. A new model is one more entry.
 */
import type { Float3Exponent } from "@anymeter/i-flag";
import type { ZoneName } from "../zone.ts";

export interface Habit<T> {
  readonly value: T;
  /** Why a simulated converter should do this. */
  readonly because: string;
}

export interface IFlagModel {
  readonly make: string;
  readonly model: string;
  /** Three letters: they open identification and serial number. */
  readonly flag: string;
  readonly firmware: string;
  readonly description: string;
  /** Converters under the Measuring Instruments Directive keep indexes in every record. */
  readonly mid: boolean;
  readonly secondPressure: Habit<boolean>;
  /** The text of parameter 94, and the published map its ids are those of. */
  readonly map: Habit<{ readonly told: string; readonly used: string }>;
  /** Bytes of a record of each database: they choose the layout. */
  readonly records: Habit<Readonly<Record<MeasuredDatabase, number>>>;
  /** m³, as decimal text; converters count in pulses of the gas meter. */
  readonly pulseWeight: Habit<string>;
  readonly float3Exponent: Habit<Float3Exponent>;
  readonly zone: Habit<ZoneName>;
  /** Bytes of data in a frame at most. */
  readonly frameData: Habit<number>;
  /** Milliseconds without traffic until it sleeps. */
  readonly sleepsAfter: Habit<number>;
}

export type MeasuredDatabase = "interval" | "hourly" | "daily" | "monthly";

export const iFlagModels: readonly IFlagModel[] = [
  {
    ...{ make: "Kaldern", model: "KV100", flag: "KAL", firmware: "V2.04", mid: false },
    description: "Gas volume converter (not MID)",
    secondPressure: { value: false, because: "most have one sensor, and refuse (NAK) what is asked of a second" },
    map: { value: { told: "FL_G0003", used: "G0003" }, because: "the plain case: the map is a published one" },
    records: {
      value: { interval: 52, hourly: 52, daily: 57, monthly: 103 },
      because: "without MID only the monthly records hold indexes",
    },
    pulseWeight: { value: "0.1", because: "a weight that no binary fraction is shows whether volumes are exact" },
    float3Exponent: { value: -1, because: "as in the code of the newest published client" },
    zone: {
      value: "central-european-standard",
      because: "the documentation advises fixed offsets: no hour comes twice",
    },
    frameData: { value: 255, because: "the most that the length byte can say" },
    sleepsAfter: { value: 5_000, because: "after 5 s without traffic the whole sign-on is wanted again" },
  },
  {
    ...{ make: "Kaldern", model: "KV300M", flag: "KAL", firmware: "V5.11", mid: true },
    description: "Gas volume converter (MID) with two pressure sensors",
    secondPressure: { value: true, because: "the MID maps and records have a second pressure" },
    map: {
      value: { told: "FL_M5B00", used: "M5B00" },
      because: "ids from 239 on have two bytes, and indexes nine: both trip readers",
    },
    records: {
      value: { interval: 90, hourly: 92, daily: 95, monthly: 111 },
      because: "the same database comes in records of two lengths; the longer has two bytes nobody knows",
    },
    pulseWeight: { value: "1", because: "MID converters count converted volumes in thousandths of a pulse" },
    float3Exponent: { value: -1, because: "as in the code of the newest published client" },
    zone: {
      value: "central-european",
      because: "records carry no mark of summer time: only their order tells the hour that comes twice apart",
    },
    frameData: { value: 255, because: "the most that the length byte can say" },
    sleepsAfter: { value: 5_000, because: "after 5 s without traffic the whole sign-on is wanted again" },
  },
  {
    ...{ make: "Ossig", model: "GC7", flag: "OSS", firmware: "V0.74", mid: false },
    description: "Gas volume converter (not MID), behind a radio gateway",
    secondPressure: { value: false, because: "most have one sensor, and refuse (NAK) what is asked of a second" },
    map: {
      value: { told: "FL_E0007", used: "G0003" },
      because: "the map of many a firmware is not published: its settings name one that fits",
    },
    records: {
      value: { interval: 52, hourly: 52, daily: 57, monthly: 103 },
      because: "without MID only the monthly records hold indexes",
    },
    pulseWeight: { value: "0.01", because: "small meters give many pulses" },
    float3Exponent: { value: -2, because: "as in the older published client: the exponent is a setting" },
    zone: {
      value: "central-european-standard",
      because: "the documentation advises fixed offsets: no hour comes twice",
    },
    frameData: { value: 60, because: "gateways cut frames short, so that every frame ends inside a record" },
    sleepsAfter: { value: 3_000, because: "some sleep sooner than they should" },
  },
];

export function modelNamed(name: string): IFlagModel {
  const model = iFlagModels.find((each) => each.model === name);
  if (!model) throw new Error(`there is no Corus model ${name}`);
  return model;
}
