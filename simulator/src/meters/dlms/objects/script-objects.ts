/** Script tables (class 9). */
import { scriptTableValues } from "@anymeter/dlms-cosem";
import { attribute, type CosemObject, results } from "./object-model.ts";
import type { Programming } from "./programming.ts";
import { readValue } from "./written-attribute.ts";

/** `changed` is told after a script was run. */
export function scriptObjects({ operation }: Programming, changed: () => void): readonly CosemObject[] {
  return [...operation.scripts.tables].map(([logicalName, scripts]): CosemObject => {
    const shown = scripts.map(({ identifier, action }) => ({ scriptIdentifier: identifier, actions: [action] }));
    return {
      classId: 9,
      version: 0,
      logicalName,
      audience: "management",
      attributes: [attribute(2, () => scriptTableValues.scripts.toData(shown))],
      methods: [
        {
          number: 1,
          invoke: (parameter) => {
            const scriptSelector = readValue(scriptTableValues.execute, parameter);
            if (scriptSelector === undefined) return { result: results.typeUnmatched };
            const known = operation.runScript({ scriptLogicalName: logicalName, scriptSelector });
            changed();
            return { result: known ? results.success : results.otherReason };
          },
        },
      ],
    };
  });
}
