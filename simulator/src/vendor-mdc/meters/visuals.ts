/** METER_VISUALS: the newest of everything a meter has, by UDIL's newest names. */
import type { UdilRow } from "@anymeter/udil";
import { timeOfDayText } from "../local-time.ts";
import { measurements, registerFields } from "./rows.ts";
import type { VendorMeter } from "./vendor-meter.ts";

/** `contactAt` is the MDC's time of the last contact. */
export function visualsRow(meter: VendorMeter, contactAt: number): UdilRow {
  const at = meter.clockAt(meter.at);
  const { lastOrder } = meter.state;
  return {
    msn: meter.msn,
    global_device_id: meter.globalDeviceId,
    meter_datetime: at,
    mdc_read_datetime: contactAt,
    db_datetime: contactAt,
    last_command: lastOrder?.name,
    last_command_datetime: lastOrder?.at,
    last_command_resp: lastOrder?.response,
    last_command_resp_datetime: lastOrder?.respondedAt,
    ...quantities(meter, at),
    last_contactor_on_datetime: meter.relay.state.closedAt,
    last_contactor_off_datetime: meter.relay.state.openedAt,
    last_communication_datetime: contactAt,
    last_signal_strength: String(meter.signalStrength()),
    power_status: meter.state.powered ? 1 : 0,
    power_status_datetime: at,
    ...programmed(meter),
    // 1 peak, 2 off peak …: what v1 has in one column
    meter_tariff_identification: JSON.stringify(tariffSlabs(meter)),
  };
}

function quantities(meter: VendorMeter, at: number): UdilRow {
  const registers = registerFields(meter.registers);
  const { ...measured } = measurements(meter);
  const fields: Record<string, string | number | undefined> = { ...measured };
  const totals = {
    active_energy_pos_tl: registers.active_energy_pos_tl,
    active_energy_neg_tl: registers.active_energy_neg_tl,
    reactive_energy_pos_tl: registers.reactive_energy_pos_tl,
    reactive_energy_neg_tl: registers.reactive_energy_neg_tl,
    aggregate_active_energy_abs_tl: registers.active_energy_abs_tl,
    aggregate_reactive_energy_abs_tl: registers.reactive_energy_abs_tl,
    aggregate_active_pwr_pos: measured.aggregate_active_pwr_pos,
    aggregate_active_pwr_neg: measured.aggregate_active_pwr_neg,
    aggregate_reactive_pwr_pos: measured.aggregate_reactive_pwr_pos,
    aggregate_reactive_pwr_neg: measured.aggregate_reactive_pwr_neg,
  };
  for (const [name, value] of Object.entries(totals)) {
    fields[name] = value;
    fields[`${name}_datetime`] = at;
  }
  return fields;
}

function programmed(meter: VendorMeter): UdilRow {
  const { parameters, limiter, localTime } = meter;
  const { schedule, programmedAt, sampling } = meter.state;
  const { calendar } = meter.tariffs;
  const { last } = sampling;
  const groups = Object.entries(programmedAt).map(([code, at]) => [`${code}_datetime`, at] as const);
  const { limit } = limiter;
  return {
    ...Object.fromEntries(groups),
    auxr_status: meter.plan.model.hasRelay ? (meter.relay.closed ? 1 : 0) : undefined,
    dvtm_meter_clock: meter.clockAt(meter.at),
    sanc_load_limit: limit && String(limit.load_limit),
    sanc_maximum_retries: limit?.maximum_retries,
    sanc_retry_interval: limit?.retry_interval,
    sanc_threshold_duration: limit?.threshold_duration,
    sanc_retry_clear_interval: limit?.retry_clear_interval,
    lsch_start_datetime: schedule && localTime.toInstant(schedule.start),
    lsch_end_datetime: schedule && localTime.toInstant(schedule.end),
    lsch_load_shedding_slabs: schedule && JSON.stringify(schedule.slabs),
    // In v3 the nth slab of a day begins tariff n.
    tiou_day_profile: JSON.stringify(
      calendar.day_profile.map(({ name, tariff_slabs }) => ({
        name,
        tariff_slabs: tariff_slabs.map(({ start }) => start.slice(0, 5)),
      })),
    ),
    tiou_week_profile: JSON.stringify(calendar.week_profile),
    tiou_season_profile: JSON.stringify(calendar.season_profile),
    tiou_holiday_profile: JSON.stringify(calendar.holiday_profile ?? []),
    tiou_activation_datetime: meter.tariffs.activation,
    ippo_primary_ip_address: parameters.addresses?.primary_ip_address,
    ippo_secondary_ip_address: parameters.addresses?.secondary_ip_address,
    ippo_primary_port: parameters.addresses?.primary_port,
    ippo_secondary_port: parameters.addresses?.secondary_port,
    mdsm_activation_datetime: last?.at,
    mdsm_data_type: last?.table,
    mdsm_sampling_interval: last?.sampling.interval,
    mdsm_sampling_initial_time: last?.sampling.initialMinute,
    oppo_optical_port_on_datetime: parameters.opticalPort?.on,
    oppo_optical_port_off_datetime: parameters.opticalPort?.off,
    wsim_wakeup_number_1: parameters.wakeUpNumbers?.[0],
    wsim_wakeup_number_2: parameters.wakeUpNumbers?.[1],
    wsim_wakeup_number_3: parameters.wakeUpNumbers?.[2],
    mtst_meter_activation_status: meter.state.active ? 1 : 0,
    dmdt_communication_mode: parameters.communicationMode,
    dmdt_bidirectional_device: parameters.bidirectional ? 1 : 0,
    dmdt_communication_type: parameters.contactInterval === undefined ? 2 : 1,
    dmdt_communication_interval: parameters.contactInterval ?? 0,
    dmdt_initial_communication_time: timeOfDayText(parameters.firstContact),
    dmdt_phase: meter.plan.model.phases,
    dmdt_meter_type: meter.plan.model.meterType,
    mdi_reset_date: parameters.mdiReset.date,
    mdi_reset_time: timeOfDayText(parameters.mdiReset.time),
    msim_id: parameters.sim?.id,
  };
}

function tariffSlabs({ tariffs }: VendorMeter) {
  return tariffs.calendar.day_profile.flatMap(({ tariff_slabs }) =>
    tariff_slabs.map(({ start, tariff }, index) => ({
      tariff_identification: String(tariff),
      time_slab: [start.slice(0, 5), tariff_slabs[(index + 1) % tariff_slabs.length]!.start.slice(0, 5)],
    })),
  );
}
