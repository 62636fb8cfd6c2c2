import Type from "typebox";
import { invalidFields } from "../../errors/platform-error.ts";
import { choice, flag, integer, jsonObject, text } from "../fields.ts";
import { everyOperation, type Resource, type ResourceHooks } from "../resource.ts";
import { checkCall, checkedFirst, type ExecutionType, executionTypeNames, executionTypeOf } from "../task-calls.ts";

export const schedules = ["quarterly", "hourly", "daily", "weekly", "monthly", "yearly"] as const;

/** Refuses a call that could never be made, as far as it can be known before a meter is asked. */
const hooks: ResourceHooks = {
  prepare(values, before) {
    if (!callFields.some((name) => name in values)) return values;
    const { meter_execution_type, task_call, task_kwargs } = { ...before, ...values };
    const type = meter_execution_type as ExecutionType;
    if (checkedFirst(type) !== "when written") return values;
    const kwargs = (task_kwargs ?? {}) as Record<string, unknown>;
    const problem = checkCall(type, task_call as string, kwargs);
    if (problem) throw invalidFields({ [problem.field]: problem.messages });
    return values;
  },
};

const callFields = ["meter_execution_type", "task_call", "task_kwargs"] as const;

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
    run_offset_seconds: integer({
      title: "Run offset",
      description: "Value in seconds. The task runs not before, and need not run exactly then.",
    }),
    meter_execution_type: choice(executionTypeNames, {
      required: true,
      title: "Meter execution type",
      description: "The execution interface for this task. generic_corus is taken as generic_corus_meter.",
      normalize: (name) => executionTypeOf(name)!,
    }),
    task_call: text({
      most: 50,
      required: true,
      title: "Task function call",
      description:
        "The function to call on the execution interface. A call that generic_dlms, generic_mbus or generic_modbus does not have is refused.",
    }),
    task_kwargs: jsonObject(
      Type.Unsafe<Record<string, unknown> | null>({
        type: ["object", "null"],
        additionalProperties: true,
        title: "Keyword arguments",
        description: "Keyword arguments for task. In JSON",
      }),
    ),
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
  hooks,
};
