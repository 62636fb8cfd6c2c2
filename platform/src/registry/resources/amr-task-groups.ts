import { sql } from "kysely";
import Type from "typebox";
import { computed, references, text } from "../fields.ts";
import { everyOperation, type Resource } from "../resource.ts";

const link = { table: "amr_task_group_tasks", own: "amr_task_group", other: "amr_task" } as const;

export const amrTaskGroups: Resource = {
  name: "amr-task-groups",
  path: "/v1/metering/amr-task-groups/",
  operationPrefix: "metering_amr-task-groups",
  tag: "AMR task groups",
  singular: "amr task group",
  plural: "amr task groups",
  about: "Tasks that are set on meters together.",
  schema: "AmrTaskGroup",
  table: "amr_task_groups",
  id: "uuid",
  operations: everyOperation,
  ownership: "required",
  fields: {
    name: text({ most: 150, required: true, title: "Name" }),
    description: text({ most: 500, title: "Description" }),
    tasks: references("amr_tasks", link, {
      title: "AMR Tasks",
      description: "Choose AMR Tasks that should be a part of this group.",
    }),
    tasks_info: computed(
      Type.String({ description: "Names and schedules of the tasks, for people." }),
      sql`(select coalesce(string_agg(a.name || ' (' || a.schedule || ')', ', ' order by a.name), '')
           from amr_task_group_tasks l join amr_tasks a on a.id = l.amr_task
           where l.amr_task_group = t.id)`,
    ),
  },
  unique: [["organization", "name"]],
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    name: "Quarterly electricity",
    tasks: ["f7c9b0e4-24a5-4f6e-8f13-9a1d2e3c4b50"],
  },
};
