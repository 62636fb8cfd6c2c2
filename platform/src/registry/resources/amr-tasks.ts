import Type from "typebox";
import { choice, flag, integer, jsonObject, text } from "../fields.ts";
import { everyOperation, type Resource } from "../resource.ts";

export const schedules = ["quarterly", "hourly", "daily", "weekly", "monthly", "yearly"] as const;

/** The contract's three, and our own for DLMS/COSEM. */
export const executionTypes = ["generic_lis200", "generic_iec6205621", "generic_corus_meter", "generic_dlms"] as const;

/** Names used in the original's own examples for what its enumeration calls otherwise. */
const executionTypeAliases: Readonly<Record<string, string>> = { generic_corus: "generic_corus_meter" };

/** @returns the execution type in the word that is kept */
export function executionType(name: string): string {
  return executionTypeAliases[name] ?? name;
}

/** Fields that a task and an invocation on demand have in common. */
const callFields = {
  run_offset_seconds: integer({
    title: "Run offset",
    description: "Value in seconds. The task runs not before, and need not run exactly then.",
  }),
  meter_execution_type: choice([...executionTypes, ...Object.keys(executionTypeAliases)], {
    required: true,
    title: "Meter execution type",
    description: "The execution interface for this task. generic_corus is taken as generic_corus_meter.",
    normalize: executionType,
  }),
  task_call: text({
    most: 50,
    required: true,
    title: "Task function call",
    description: "The function to call on the execution interface",
  }),
  task_kwargs: jsonObject(
    Type.Unsafe<Record<string, unknown> | null>({
      type: ["object", "null"],
      additionalProperties: true,
      title: "Keyword arguments",
      description: "Keyword arguments for task. In JSON",
    }),
  ),
};

export const amrTasks: Resource = {
  name: "amr-tasks",
  path: "/v1/metering/amr-tasks/",
  operationPrefix: "metering_amr-tasks",
  tag: "AMR tasks",
  singular: "amr task",
  plural: "amr tasks",
  about: "How and when meters are read. quarterly is every quarter of an hour; all schedules run in UTC.",
  schema: "AmrTask",
  table: "amr_tasks",
  id: "uuid",
  operations: everyOperation,
  ownership: "required",
  fields: {
    name: text({ most: 150, required: true, title: "Name" }),
    description: text({ most: 500, title: "Description" }),
    is_active: flag({ title: "Is active" }),
    schedule: choice(schedules, { required: true, title: "AMR Schedule", description: "How often to run the task" }),
    ...callFields,
  },
  unique: [["organization", "name"]],
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    name: "Load profile every quarter of an hour",
    schedule: "quarterly",
    run_offset_seconds: 30,
    meter_execution_type: "generic_dlms",
    task_call: "read_profile",
    task_kwargs: { obis: "1-0:99.1.0" },
  },
};
