/** UDIL without I/O; the README says what is where. */
export { type UdilVersion, udilVersions } from "./versions.ts";
