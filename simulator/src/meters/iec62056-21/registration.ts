/** What a utility is told about an IEC 62056-21 meter: how to sign on, with which password, and what to ask it. */
import type { MeterRegistration, ReadingPlan, SeriesDescription, TaskDescription } from "../simulated-meter.ts";
import type { Iec62056Model } from "./models.ts";
import { energyRegisters, presentRegisters, profileColumns } from "./registers.ts";

/** The `iec62056_21_settings` of the platform's meter device types. */
export type Iec62056Settings = {
  readonly form?: "asked" | "pushed";
  readonly parity?: "none" | "even";
  readonly wake_up?: boolean;
  readonly protocol_character?: string;
  readonly profile_command?: "R5" | "R6";
  readonly clock?: "zone" | "standard-time-all-year";
};

/**
 * @param address digits of its serial number, different for every meter
 * @param password the utility's belief about it
 */
export function registrationOf(model: Iec62056Model, address: string, password: string | undefined): MeterRegistration {
  return {
    settings: settingsOf(model),
    deviceFields: { msn: address, ...(model.asksForAddress.value && { iec62056_21_address: address }) },
    firstFields: { global_device_id: `m${address}` },
    ...(password !== undefined && { secrets: { iec62056_21_password: password } }),
    series: seriesOf(model),
    description: model.description,
    reading: model.programming.value ? profileReading : model.pushes.value === undefined ? readoutReading : pushReading,
  };
}

/** Where the meters hang, whatever their clocks do about summer time. */
export const timezone = "Europe/Amsterdam";

function settingsOf({
  parity,
  wakeUp,
  protocolCharacters,
  programming,
  pushes,
  zone,
}: Iec62056Model): Iec62056Settings {
  return {
    ...(pushes.value !== undefined && { form: "pushed" }),
    ...(parity.value === "even" && { parity: "even" }),
    ...(wakeUp.value !== undefined && { wake_up: true }),
    ...(protocolCharacters.value && { protocol_character: protocolCharacters.value[0]! }),
    ...(programming.value && { profile_command: "R6" }),
    ...(zone.value === "central-european-standard" && { clock: "standard-time-all-year" }),
  };
}

function seriesOf({ programming, pushes }: Iec62056Model): readonly SeriesDescription[] {
  const energies = pushes.value === undefined ? energyRegisters : energyRegisters.slice(0, 2);
  const present = [...energies, ...presentRegisters].map(({ address, unit, description }) => ({
    ...{ name: `1-0:${address}`, unit, description },
  }));
  const profile = profileColumns.map(({ address, unit, description }) => ({
    ...{ name: `1-0:${address}.0`, unit, description },
  }));
  return programming.value ? [...present, ...profile] : present;
}

const readoutTask = (what: string): TaskDescription => ({
  name: what,
  description: "Every quarter of an hour the registers as they are.",
  schedule: "quarterly",
  run_offset_seconds: 30,
  task_call: "read_readout",
  task_kwargs: {},
});

const readoutReading: ReadingPlan = { group: "IEC 62056-21 readouts", tasks: [readoutTask("Readout")] };
const pushReading: ReadingPlan = { group: "P1 ports", tasks: [readoutTask("Next telegram")] };

const profileReading: ReadingPlan = {
  group: "IEC 62056-21 load profiles",
  tasks: [
    {
      name: "Load profile P.01",
      description: "Every quarter of an hour the newest rows, and all that a gap left out.",
      schedule: "quarterly",
      run_offset_seconds: 45,
      task_call: "read_load_profile_by_offset_seconds",
      task_kwargs: { offset_seconds: 1_800 },
      first: { task_call: "read_load_profile", task_kwargs: {} },
    },
    {
      name: "Registers",
      description: "Every hour the energy registers.",
      schedule: "hourly",
      run_offset_seconds: 120,
      task_call: "read_registers",
      task_kwargs: { addresses: energyRegisters.map(({ address }) => address) },
    },
    {
      name: "Clock (IEC 62056-21)",
      description: "Once a day: compare the clock with ours, and set it when it is off by more than ten seconds.",
      schedule: "daily",
      run_offset_seconds: 5_400,
      task_call: "set_time",
      task_kwargs: { allowed_drift_seconds: 10 },
    },
  ],
};
