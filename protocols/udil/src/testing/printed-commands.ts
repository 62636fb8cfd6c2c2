import type { UdilCommand } from "../services/commands.ts";

/** 2018-11-01 00:00:00 in Pakistan. */
const midnightOfNovember = "2018-10-31T19:00:00Z";

/** What the printed requests mean that command something, by their paths. */
export const printedCommands: Readonly<Record<string, UdilCommand>> = {
  aux_relay_operations: { name: "aux_relay_operations", parameters: { relay_operate: 0 } },
  time_synchronization: { name: "time_synchronization", parameters: {} },
  sanctioned_load_control: {
    name: "sanctioned_load_control",
    parameters: {
      load_limit: 20,
      maximum_retries: 10,
      retry_interval: 60,
      threshold_duration: 30,
      retry_clear_interval: 3600,
    },
  },
  load_shedding_scheduling: {
    name: "load_shedding_scheduling",
    parameters: {
      start_datetime: midnightOfNovember,
      end_datetime: "2018-11-30T19:00:00Z",
      load_shedding_slabs: [
        { action_time: "03:00:00", relay_operate: 0 },
        { action_time: "06:00:00", relay_operate: 1 },
        { action_time: "09:00:00", relay_operate: 0 },
        { action_time: "12:00:00", relay_operate: 1 },
        { action_time: "16:00:00", relay_operate: 0 },
      ],
    },
  },
  time_of_use_change: {
    name: "update_time_of_use",
    parameters: {
      day_profile: [
        {
          name: "d1",
          tariff_slabs: [
            { start: "08:00:00", tariff: 1 },
            { start: "17:00:00", tariff: 2 },
          ],
        },
      ],
      week_profile: [{ name: "w1", weekly_day_profile: ["d1", "d1", "d1", "d1", "d1", "d1", "d1"] }],
      season_profile: [{ name: "s1", week_profile_name: "w1", start_date: "01-01" }],
      activation_datetime: midnightOfNovember,
    },
  },
  device_creation: {
    name: "device_creation",
    parameters: {
      device_identity: [
        { dsn: "4098562412", global_device_id: "m98562412" },
        { dsn: "4097524158", global_device_id: "m97524158" },
      ],
      device_type: 1,
      communication_mode: 1,
      communication_type: 1,
      communication_interval: 15,
      sim_number: "03218090100",
      sim_id: "11199oijjh78",
      mdi_reset_date: 1,
      mdi_reset_time: "00:00:00",
      phase: 3,
      meter_type: 2,
    },
  },
  update_ip_port: {
    name: "update_ip_port",
    parameters: {
      primary_ip_address: "192.168.100.120",
      secondary_ip_address: "192.168.100.121",
      primary_port: 8080,
      secondary_port: 8080,
    },
  },
  meter_data_sampling: {
    name: "meter_data_sampling",
    parameters: {
      activation_datetime: midnightOfNovember,
      data_type: "BILL",
      sampling_interval: 30,
      sampling_initial_time: 0,
    },
  },
  activate_meter_optical_port: {
    name: "activate_meter_optical_port",
    parameters: {
      optical_port_on_datetime: "2018-10-15T08:00:00Z",
      optical_port_off_datetime: "2018-10-15T08:00:00Z",
    },
  },
  wake_up_sim_number_update: {
    name: "update_wake_up_sim_number",
    parameters: {
      wakeup_number_1: "01234567890",
      wakeup_number_2: "01234567891",
      wakeup_number_3: "01234567892",
    },
  },
  meter_status_update: { name: "update_meter_status", parameters: { meter_activation_status: 1 } },
  on_demand_request: {
    name: "on_demand_read",
    parameters: { type: "EVNT", start_datetime: "2018-10-15T08:00:00Z", end_datetime: "2018-10-22T08:00:00Z" },
  },
};
