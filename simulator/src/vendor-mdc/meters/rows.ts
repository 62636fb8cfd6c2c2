/** Rows as a meter keeps them: UDIL's fields by their newest names, filled from what the meter counts and measures. */
import type { UdilRow } from "@anymeter/udil";
import { greatestDemand, type RegisterState, totalEnergy } from "./registers.ts";
import type { VendorMeter } from "./vendor-meter.ts";

type Fields = Record<string, string | number | undefined>;
type Identified = Pick<VendorMeter, "msn" | "globalDeviceId">;

/** `at`: the meter's clock, as in all of these. */
export function instantaneousRow(meter: VendorMeter, at: number): UdilRow {
  return {
    ...identity(meter, at),
    current_tariff_register: meter.tariffs.tariff,
    signal_strength: String(meter.signalStrength()),
    ...measurements(meter),
  };
}

export function billingRow(meter: Identified & { readonly registers: RegisterState }, at: number): UdilRow {
  return { ...identity(meter, at), ...registerFields(meter.registers) };
}

export function monthlyBillingRow(meter: Identified & { readonly registers: RegisterState }, at: number): UdilRow {
  const { resetCount, resetAt } = meter.registers;
  // 1 = read automatically
  return { ...billingRow(meter, at), mdi_reset_datetime: resetAt, reset_count: resetCount, reading_mode: 1 };
}

/** `interval` in minutes. */
export function loadProfileRow(meter: VendorMeter, at: number, interval: number): UdilRow {
  return {
    ...identity(meter, at),
    channel_id: 1,
    interval,
    ...registerFields(meter.registers),
    ...measurements(meter),
  };
}

export function eventRow(meter: Identified, at: number, code: number, counter: number, description: string): UdilRow {
  return {
    msn: meter.msn,
    global_device_id: meter.globalDeviceId,
    event_datetime: wholeSecond(at),
    event_code: code,
    event_counter: String(counter),
    event_description: description,
  };
}

function identity(meter: Identified, at: number): Fields {
  return { msn: meter.msn, global_device_id: meter.globalDeviceId, meter_datetime: wholeSecond(at) };
}

/** Energies, greatest demands and cumulated demands, by direction and tariff. */
export function registerFields(registers: RegisterState): Fields {
  const fields: Fields = {};
  for (const [name, quantity, total] of [
    ["active_energy", registers.active, totalEnergy],
    ["reactive_energy", registers.reactive, totalEnergy],
    ["active_mdi", registers.demand, greatestDemand],
    ["cumulative_mdi", registers.cumulativeDemand, totalEnergy],
  ] as const) {
    const absolute = quantity.pos.map((value, tariff) =>
      total === greatestDemand ? Math.max(value, quantity.neg[tariff]!) : value + quantity.neg[tariff]!,
    );
    for (const [direction, values] of [
      ["pos", quantity.pos],
      ["neg", quantity.neg],
      ["abs", absolute],
    ] as const) {
      for (let tariff = 0; tariff < values.length; tariff++) {
        fields[`${name}_${direction}_t${tariff + 1}`] = thousandths(values[tariff]!);
      }
      fields[`${name}_${direction}_tl`] = thousandths(total(values));
    }
  }
  return fields;
}

/** Voltages, currents, powers and power factors; of a phase that is not there, nothing. */
export function measurements(meter: VendorMeter): Fields {
  const { volts, amperes, watts, vars, hertz } = meter.measure();
  const fields: Fields = { frequency: hertz.toFixed(2) };
  const sums = { watts: 0, vars: 0, amperes: 0, volts: 0, phases: 0 };
  // A meter of one phase has it in the columns of phase a, whichever of the street it hangs on.
  const connected = [0, 1, 2].filter((phase) => meter.phases[phase]);
  for (const [position, phase] of connected.entries()) {
    const name = `phase_${"abc"[position]}`;
    const [v, a, w, q] = [volts[phase]!, amperes[phase]!, watts[phase]!, vars[phase]!];
    fields[`voltage_${name}`] = v.toFixed(2);
    fields[`current_${name}`] = a.toFixed(3);
    fields[`pf_${name}`] = powerFactor(w, q);
    Object.assign(fields, directed("active_pwr", `_${name}`, w), directed("reactive_pwr", `_${name}`, q));
    sums.watts += w;
    sums.vars += q;
    sums.amperes += a;
    sums.volts += v;
    sums.phases++;
  }
  return {
    ...fields,
    current_total: sums.amperes.toFixed(3),
    voltage_average: (sums.volts / sums.phases).toFixed(2),
    ...directed("aggregate_active_pwr", "", sums.watts),
    ...directed("aggregate_reactive_pwr", "", sums.vars),
    aggregate_active_pwr_abs: thousandths(Math.round(Math.abs(sums.watts))),
    aggregate_reactive_pwr_abs: thousandths(Math.round(Math.abs(sums.vars))),
    average_pf: powerFactor(sums.watts, sums.vars),
  };
}

function directed(name: string, suffix: string, value: number): Fields {
  const watts = Math.round(value);
  return {
    [`${name}_pos${suffix}`]: thousandths(Math.max(0, watts)),
    [`${name}_neg${suffix}`]: thousandths(Math.max(0, -watts)),
  };
}

/** Where nothing flows it is 1. */
function powerFactor(watts: number, vars: number): string {
  const apparent = Math.hypot(watts, vars);
  return (apparent === 0 ? 1 : Math.abs(watts) / apparent).toFixed(3);
}

/** 1234 Wh as "1.234" kWh, exactly. */
export function thousandths(value: number): string {
  const whole = Math.trunc(value / 1000);
  return `${whole}.${String(value - whole * 1000).padStart(3, "0")}`;
}

function wholeSecond(at: number): number {
  return Math.floor(at / 1000) * 1000;
}
