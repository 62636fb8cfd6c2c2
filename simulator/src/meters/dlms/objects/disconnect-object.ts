/** The switch (class 70) in control mode 4: remote disconnection and direct remote reconnection. */
import { boolean, enumerated } from "@anymeter/dlms-cosem";
import { attribute, type CosemObject, results } from "./object-model.ts";

export interface Switch {
  isClosed(): boolean;
  open(): void;
  close(): void;
}

export function disconnectObject(loadSwitch: Switch): CosemObject {
  return {
    classId: 70,
    version: 0,
    logicalName: "0.0.96.3.10.255",
    audience: "management",
    attributes: [
      attribute(2, () => boolean(loadSwitch.isClosed())),
      attribute(3, () => enumerated(loadSwitch.isClosed() ? 1 : 0)),
      attribute(4, () => enumerated(4)),
    ],
    methods: [
      { number: 1, invoke: () => acted(() => loadSwitch.open()) },
      { number: 2, invoke: () => acted(() => loadSwitch.close()) },
    ],
  };
}

function acted(act: () => void): { result: number } {
  act();
  return { result: results.success };
}
