/** The switch (disconnect control, class 70). */
import { disconnectControlValues } from "@anymeter/dlms-cosem";
import type { LoadSwitch } from "../operation/load-switch.ts";
import type { Operation } from "../operation/operation.ts";
import { disconnectorName } from "./names.ts";
import { attribute, type CosemObject, results } from "./object-model.ts";

export function disconnectObject(operation: Operation, loadSwitch: LoadSwitch, changed: () => void): CosemObject {
  const { outputState, controlState, controlMode } = disconnectControlValues;
  const operate = (action: "open" | "close") => {
    const allowed = operation.operateSwitch(action, "remote");
    changed();
    return { result: allowed ? results.success : results.readWriteDenied };
  };
  return {
    classId: 70,
    version: 0,
    logicalName: disconnectorName,
    audience: "management",
    attributes: [
      attribute(2, () => outputState.toData(loadSwitch.isClosed)),
      attribute(3, () => controlState.toData(loadSwitch.controlState)),
      attribute(4, () => controlMode.toData(loadSwitch.mode)),
    ],
    methods: [
      { number: 1, invoke: () => operate("open") },
      { number: 2, invoke: () => operate("close") },
    ],
  };
}
