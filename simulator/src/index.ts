/** The simulated neighbourhood: feeder physics and meters that speak their protocols on sockets. */

export { type ControlServer, startControlServer } from "./control/control-server.ts";
export type { ReadyLine } from "./main.ts";
export type { FaultSwitches, MeterFaults } from "./meters/dlms/faults.ts";
export type {
  DlmsSettings,
  MeterDescription,
  MeterTruth,
  NeighbourhoodDescription,
  SeriesDescription,
} from "./neighbourhood/description.ts";
export {
  type Neighbourhood,
  type NeighbourhoodMeter,
  type NeighbourhoodSettings,
  startNeighbourhood,
} from "./neighbourhood/neighbourhood.ts";
export type { JointFault, Leg } from "./physics/joint-faults.ts";
export {
  type RegistrationReport,
  type RegistrationSettings,
  registerNeighbourhood,
} from "./registration/registration.ts";
