import { reference, text } from "../fields.ts";
import { everyOperation, type Resource } from "../resource.ts";
import { settingsFields } from "../settings-fields.ts";

export const meterDeviceTypes: Resource = {
  name: "meter-device-types",
  path: "/v1/metering/meter-device-types",
  operationPrefix: "metering_meter-device-types",
  tag: "Meter device types",
  singular: "meter device type",
  plural: "meter device types",
  about: "A model of meter in one way of being set up. The same model set up otherwise is another type.",
  schema: "MeterDeviceType",
  table: "meter_device_types",
  id: "uuid",
  operations: everyOperation,
  ownership: "required",
  fields: {
    name: text({ most: 50, required: true, title: "Name" }),
    description: text({ most: 500, title: "Description" }),
    manufacturer: text({ most: 100, required: true, title: "Manufacturer name" }),
    manufacturer_model: text({ most: 50, required: true, title: "Manufacturer model name" }),
    config: reference("meter_device_configs", { title: "Config" }),
    ...settingsFields(),
  },
  unique: [["organization", "name"]],
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    name: "E450 IDIS",
    manufacturer: "Landis+Gyr",
    manufacturer_model: "E450",
    dlms_settings: { framing: "hdlc", client_sap: 16, authentication: "gmac", ciphering: "authenticated-encrypted" },
  },
};
