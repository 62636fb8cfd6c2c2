import { pakistanTime } from "@anymeter/udil";
import { certificatePin } from "../peers/certificate-pin.ts";
import type { Mdc, MdcService } from "../peers/mdc.ts";
import type { HandmadeMdc } from "./handmade-mdc.ts";

/** An MDC as the store would give it, for tests that need no store. */
export function plainMdc(
  { url, certificate }: HandmadeMdc,
  more: Partial<Mdc> = {},
  service: Partial<MdcService> = {},
): Mdc {
  return {
    ...{ id: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11", number: 1, name: "Handmade" },
    ...{ organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d12", organizationNumber: 1, transport: "api", version: "v1" },
    service: {
      baseUrl: url,
      credentials: { username: "mdm_user", password: "a password", code: "36" },
      ...{ format: "json", verify: true, pin: certificatePin(certificate) },
      ...service,
    },
    ...{ zone: pakistanTime, pollMilliseconds: 60_000, historyMilliseconds: 86_400_000, overlapMilliseconds: 900_000 },
    ...{ dsn: undefined, folder: undefined, deviceType: undefined, createsDevices: true, fillsHoles: false },
    ...{ switches: {}, peerSwitches: {}, tables: ["LPRO"], devicesPerRequest: 500, revision: 1 },
    ...more,
  };
}
