/** Who may talk to a meter: the public client everywhere, and the one client its make has for everything else. */
import type { Conformance, ConformanceBit, MechanismName, ServerAssociation } from "@anymeter/dlms-cosem";
import type { DlmsFaultSwitches } from "./faults.ts";
import type { MeterIdentity } from "./identity.ts";
import type { MeterMake } from "./makes.ts";
import { publicAssociation } from "./objects/object-model.ts";
import type { MeterSecurity } from "./security.ts";

/** The client that reads identity, clock and invocation counter of every meter. */
export const publicClientSap = 16;

export function associationsOf(
  make: MeterMake,
  identity: MeterIdentity,
  security: MeterSecurity | undefined,
  faults: DlmsFaultSwitches,
): readonly ServerAssociation[] {
  const management = new ManagementAssociation(make, identity, security, faults);
  if (management.clientSap === publicClientSap) return [management];
  const { conformance, maxReceivePduSize, maxSendPduSize } = management;
  const visitor: ServerAssociation = {
    name: publicAssociation,
    clientSap: publicClientSap,
    mechanism: "none",
    conformance,
    maxReceivePduSize,
    maxSendPduSize,
  };
  return [visitor, management];
}

class ManagementAssociation implements ServerAssociation {
  readonly name = "management";
  readonly clientSap: number;
  readonly mechanism: MechanismName;
  readonly security: MeterSecurity | undefined;
  readonly conformance: Conformance;
  readonly maxReceivePduSize: number;
  readonly maxSendPduSize: number;
  readonly #password: Uint8Array;
  readonly #faults: DlmsFaultSwitches;

  constructor(
    make: MeterMake,
    identity: MeterIdentity,
    security: MeterSecurity | undefined,
    faults: DlmsFaultSwitches,
  ) {
    this.clientSap = make.access.value.clientSap;
    this.mechanism = make.access.value.mechanism;
    this.security = security;
    this.conformance = conformanceOf(make);
    this.maxReceivePduSize = make.pduSize.value.receive;
    this.maxSendPduSize = make.pduSize.value.send;
    this.#password = new TextEncoder().encode(identity.password);
    this.#faults = faults;
  }

  /** The LLS password; another one while the fault `wrongKey` is on. */
  get secret(): Uint8Array | undefined {
    if (this.mechanism !== "lls") return undefined;
    return this.#faults.current.wrongKey ? this.#password.map((byte) => byte ^ 0x5a) : this.#password;
  }
}

function conformanceOf(make: MeterMake): Conformance {
  const without = make.withoutConformance?.value ?? [];
  return new Set(offeredConformance.filter((bit) => !without.includes(bit)));
}

const offeredConformance: readonly ConformanceBit[] = [
  "priority-management",
  "block-transfer-with-get",
  "block-transfer-with-set",
  "block-transfer-with-action",
  "multiple-references",
  "get",
  "set",
  "selective-access",
  "event-notification",
  "action",
];
