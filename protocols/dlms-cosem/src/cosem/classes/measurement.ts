/** Classes that hold parameters and measurement data (Blue Book, clause 4.3). */
import {
  arrayOf,
  attributes,
  captureObject,
  choiceOf,
  enumOf,
  type InterfaceClass,
  methods,
} from "../interface-class.ts";

export const measurementClasses: readonly InterfaceClass[] = [
  {
    classId: 1,
    name: "data",
    versions: [0],
    attributes: attributes([2, "value", "any"]),
    methods: [],
  },
  {
    classId: 3,
    name: "register",
    versions: [0],
    attributes: attributes([2, "value", "any"], [3, "scaler_unit", "scaler-unit"]),
    methods: methods([1, "reset", "integer"]),
  },
  {
    classId: 4,
    name: "extended register",
    versions: [0],
    attributes: attributes(
      [2, "value", "any"],
      [3, "scaler_unit", "scaler-unit"],
      [4, "status", "any"],
      [5, "capture_time", "date-time-octets"],
    ),
    methods: methods([1, "reset", "integer"]),
  },
  {
    classId: 5,
    name: "demand register",
    versions: [0],
    attributes: attributes(
      [2, "current_average_value", "any"],
      [3, "last_average_value", "any"],
      [4, "scaler_unit", "scaler-unit"],
      [5, "status", "any"],
      [6, "capture_time", "date-time-octets"],
      [7, "start_time_current", "date-time-octets"],
      [8, "period", "double-long-unsigned"],
      [9, "number_of_periods", "long-unsigned"],
    ),
    methods: methods([1, "reset", "integer"], [2, "next_period", "integer"]),
  },
  {
    classId: 7,
    name: "profile generic",
    versions: [0, 1],
    attributes: attributes(
      [2, "buffer", choiceOf(arrayOf("any"), "compact-array")],
      [3, "capture_objects", arrayOf(captureObject)],
      [4, "capture_period", "double-long-unsigned"],
      [
        5,
        "sort_method",
        enumOf({ 1: "fifo", 2: "lifo", 3: "largest", 4: "smallest", 5: "nearest to zero", 6: "farthest from zero" }),
      ],
      [6, "sort_object", captureObject],
      [7, "entries_in_use", "double-long-unsigned"],
      [8, "profile_entries", "double-long-unsigned"],
    ),
    methods: methods(
      [1, "reset", "integer"],
      [2, "capture", "integer"],
      [3, "get_buffer_by_range", "any", { until: 0 }],
      [4, "get_buffer_by_index", "any", { until: 0 }],
    ),
  },
];
