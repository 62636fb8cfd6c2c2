/** Classes for time- and event-bound control (Blue Book, clause 4.5). */
import {
  arrayOf,
  attributes,
  enumOf,
  type InterfaceClass,
  methods,
  scriptReference,
  structureOf,
  valueReference,
} from "../interface-class.ts";

const seasonProfile = arrayOf(
  structureOf({
    season_profile_name: "octet-string",
    season_start: "date-time-octets",
    week_name: "octet-string",
  }),
);
const weekProfile = arrayOf(
  structureOf({
    week_profile_name: "octet-string",
    monday: "unsigned",
    tuesday: "unsigned",
    wednesday: "unsigned",
    thursday: "unsigned",
    friday: "unsigned",
    saturday: "unsigned",
    sunday: "unsigned",
  }),
);
const dayProfile = arrayOf(
  structureOf({
    day_id: "unsigned",
    day_schedule: arrayOf(
      structureOf({
        start_time: "time-octets",
        script_logical_name: "logical-name",
        script_selector: "long-unsigned",
      }),
    ),
  }),
);
const scheduleEntry = structureOf({
  index: "long-unsigned",
  enable: "boolean",
  script_logical_name: "logical-name",
  script_selector: "long-unsigned",
  switch_time: "time-octets",
  validity_window: "long-unsigned",
  exec_weekdays: "bit-string",
  exec_specdays: "bit-string",
  begin_date: "date-octets",
  end_date: "date-octets",
});
const specialDay = structureOf({ index: "long-unsigned", specialday_date: "date-octets", day_id: "unsigned" });

export const timeAndControlClasses: readonly InterfaceClass[] = [
  {
    classId: 8,
    name: "clock",
    versions: [0],
    attributes: attributes(
      [2, "time", "date-time-octets"],
      [3, "time_zone", "long"],
      [4, "status", "unsigned"],
      [5, "daylight_savings_begin", "date-time-octets"],
      [6, "daylight_savings_end", "date-time-octets"],
      [7, "daylight_savings_deviation", "integer"],
      [8, "daylight_savings_enabled", "boolean"],
      [
        9,
        "clock_base",
        enumOf({
          0: "not defined",
          1: "internal crystal",
          2: "mains frequency 50 Hz",
          3: "mains frequency 60 Hz",
          4: "GPS",
          5: "radio controlled",
        }),
      ],
    ),
    methods: methods(
      [1, "adjust_to_quarter", "integer"],
      [2, "adjust_to_measuring_period", "integer"],
      [3, "adjust_to_minute", "integer"],
      [4, "adjust_to_preset_time", "integer"],
      [
        5,
        "preset_adjusting_time",
        structureOf({
          preset_time: "date-time-octets",
          validity_interval_start: "date-time-octets",
          validity_interval_end: "date-time-octets",
        }),
      ],
      [6, "shift_time", "long"],
    ),
  },
  {
    classId: 9,
    name: "script table",
    versions: [0],
    attributes: attributes([
      2,
      "scripts",
      arrayOf(
        structureOf({
          script_identifier: "long-unsigned",
          actions: arrayOf(
            structureOf({
              service_id: enumOf({ 1: "write attribute", 2: "execute method" }),
              class_id: "long-unsigned",
              logical_name: "logical-name",
              index: "integer",
              parameter: "any",
            }),
          ),
        }),
      ),
    ]),
    methods: methods([1, "execute", "long-unsigned"]),
  },
  {
    classId: 10,
    name: "schedule",
    versions: [0],
    attributes: attributes([2, "entries", arrayOf(scheduleEntry)]),
    methods: methods(
      [
        1,
        "enable_disable",
        structureOf({
          first_index_a: "long-unsigned",
          last_index_a: "long-unsigned",
          first_index_b: "long-unsigned",
          last_index_b: "long-unsigned",
        }),
      ],
      [2, "insert", scheduleEntry],
      [3, "delete", structureOf({ first_index: "long-unsigned", last_index: "long-unsigned" })],
    ),
  },
  {
    classId: 11,
    name: "special days table",
    versions: [0],
    attributes: attributes([2, "entries", arrayOf(specialDay)]),
    methods: methods([1, "insert", specialDay], [2, "delete", "long-unsigned"]),
  },
  {
    classId: 20,
    name: "activity calendar",
    versions: [0],
    attributes: attributes(
      [2, "calendar_name_active", "octet-string"],
      [3, "season_profile_active", seasonProfile],
      [4, "week_profile_table_active", weekProfile],
      [5, "day_profile_table_active", dayProfile],
      [6, "calendar_name_passive", "octet-string"],
      [7, "season_profile_passive", seasonProfile],
      [8, "week_profile_table_passive", weekProfile],
      [9, "day_profile_table_passive", dayProfile],
      [10, "activate_passive_calendar_time", "date-time-octets"],
    ),
    methods: methods([1, "activate_passive_calendar", "integer"]),
  },
  {
    classId: 21,
    name: "register monitor",
    versions: [0],
    attributes: attributes(
      [2, "thresholds", arrayOf("any")],
      [3, "monitored_value", valueReference],
      [4, "actions", arrayOf(structureOf({ action_up: scriptReference, action_down: scriptReference }))],
    ),
    methods: [],
  },
  {
    classId: 22,
    name: "single action schedule",
    versions: [0],
    attributes: attributes(
      [2, "executed_script", scriptReference],
      [
        3,
        "type",
        enumOf({
          1: "one execution time, wildcard in date allowed",
          2: "execution times all the same, no wildcard in date",
          3: "execution times all the same, wildcards in date allowed",
          4: "execution times may differ, no wildcard in date",
          5: "execution times may differ, wildcards in date allowed",
        }),
      ],
      [4, "execution_time", arrayOf(structureOf({ time: "time-octets", date: "date-octets" }))],
    ),
    methods: [],
  },
  {
    classId: 70,
    name: "disconnect control",
    versions: [0],
    attributes: attributes(
      [2, "output_state", "boolean"],
      [3, "control_state", enumOf({ 0: "disconnected", 1: "connected", 2: "ready for reconnection" })],
      [
        4,
        "control_mode",
        enumOf({
          0: "none, always connected",
          1: "disconnection remote, manual, local; reconnection remote to ready, then manual",
          2: "disconnection remote, manual, local; reconnection remote, manual",
          3: "disconnection remote, local; reconnection remote to ready, then manual",
          4: "disconnection remote, local; reconnection remote, manual",
          5: "disconnection remote, manual, local; reconnection remote to ready, then manual, or local",
          6: "disconnection remote, local; reconnection remote to ready, then manual, or local",
        }),
      ],
    ),
    methods: methods([1, "remote_disconnect", "integer"], [2, "remote_reconnect", "integer"]),
  },
  {
    classId: 71,
    name: "limiter",
    versions: [0],
    attributes: attributes(
      [2, "monitored_value", valueReference],
      [3, "threshold_active", "any"],
      [4, "threshold_normal", "any"],
      [5, "threshold_emergency", "any"],
      [6, "min_over_threshold_duration", "double-long-unsigned"],
      [7, "min_under_threshold_duration", "double-long-unsigned"],
      [
        8,
        "emergency_profile",
        structureOf({
          emergency_profile_id: "long-unsigned",
          emergency_activation_time: "date-time-octets",
          emergency_duration: "double-long-unsigned",
        }),
      ],
      [9, "emergency_profile_group_id_list", arrayOf("long-unsigned")],
      [10, "emergency_profile_active", "boolean"],
      [11, "actions", structureOf({ action_over_threshold: scriptReference, action_under_threshold: scriptReference })],
    ),
    methods: [],
  },
];
