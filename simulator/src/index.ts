/** The simulated neighbourhood: feeder physics and meters that speak their protocols on sockets. */

export { type ControlServer, startControlServer } from "./control/control-server.ts";
export type { ReadyLine } from "./main.ts";
export type { DlmsMeterFaults } from "./meters/dlms/faults.ts";
export type { PushDestination } from "./meters/dlms/push/meter-pusher.ts";
export type { DlmsSettings } from "./meters/dlms/registration.ts";
export { type FaultChecks, FaultSwitches, type LineFaults } from "./meters/faults.ts";
export { type ProtocolName, protocols } from "./meters/protocols.ts";
export type {
  MeterRegistration,
  ReadingPlan,
  SeriesDescription,
  SimulatedMeter,
  SimulatedMeterOptions,
  TaskDescription,
} from "./meters/simulated-meter.ts";
export type {
  MeterDescription,
  MeterTruth,
  NeighbourhoodDescription,
  ServiceTruth,
} from "./neighbourhood/description.ts";
export {
  type Neighbourhood,
  type NeighbourhoodMeter,
  type NeighbourhoodSettings,
  startNeighbourhood,
} from "./neighbourhood/neighbourhood.ts";
export { type OtherMeter, otherMeters } from "./neighbourhood/others.ts";
export type { JointFault, Leg } from "./physics/joint-faults.ts";
export {
  type RegistrationReport,
  type RegistrationSettings,
  registerNeighbourhood,
} from "./registration/registration.ts";
export { registerUdil, type UdilRegistrationSettings } from "./registration/udil.ts";
export * from "./vendor-mdc/index.ts";
