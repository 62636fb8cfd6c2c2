/** What an association does to every APDU on its way out and in: keys, policy and form in one place, for both roles. */
import { dlmsError } from "../errors.ts";
import type { SecurityContext } from "../security/context.ts";
import { type ProtectionForm, protectionOfTag } from "../security/forms.ts";
import type { InvocationCounter } from "../security/invocation-counter.ts";
import { noProtection, type SecurityPolicy } from "../security/policy.ts";
import { isProtected, protect, unprotect } from "../security/protection.ts";
import { authenticationTagLength, systemTitleLength } from "../security/suites.ts";
import { serviceTags } from "../xdlms/tags.ts";

export interface OpenedApdu {
  readonly apdu: Uint8Array;
  readonly authenticated: boolean;
  readonly encrypted: boolean;
  /** False when the APDU came in the clear. */
  readonly ciphered: boolean;
}

/** `glo-`/`ded-` APDUs, general ciphering, or whichever the peer's last APDU had. */
export type CipheringForm = "service-specific" | "general" | "as-received";

export class ApduProtection {
  readonly context: SecurityContext | undefined;
  private readonly policy: SecurityPolicy;
  private readonly form: CipheringForm;
  private general: boolean;
  private dedicated = false;

  /** Without a context everything is plain. */
  constructor(
    context?: SecurityContext,
    policy: SecurityPolicy = noProtection,
    form: CipheringForm = "service-specific",
  ) {
    this.context = context;
    this.policy = policy;
    this.form = form;
    this.general = form === "general";
    if (context !== undefined) context.demands = policy;
  }

  /** True when APDUs are ciphered at all. */
  get active(): boolean {
    return this.context !== undefined && (this.policy.authenticated || this.policy.encrypted);
  }

  /** Bytes that ciphering adds to an APDU, at most. */
  get overhead(): number {
    if (!this.active) return 0;
    return (
      envelopeLength + (this.policy.authenticated ? authenticationTagLength : 0) + (this.general ? titleLength : 0)
    );
  }

  /** From here on services go under the dedicated key; the association itself never does. */
  useDedicatedKey(key: Uint8Array, counter?: InvocationCounter): void {
    this.context?.useDedicatedKey(key, counter);
    this.dedicated = this.form !== "as-received";
  }

  /** Protects the InitiateRequest or InitiateResponse. A dedicated key in it must not be readable, whatever the policy. */
  sealInitiate(apdu: Uint8Array, holdsKey: boolean): Uint8Array {
    const { context, policy } = this;
    if (context === undefined || !this.active) return apdu;
    return protect(apdu, { context, policy: { ...policy, encrypted: policy.encrypted || holdsKey }, form: "global" });
  }

  /** Protects an APDU of a service as the policy says. */
  seal(apdu: Uint8Array): Uint8Array {
    const { context, policy } = this;
    if (context === undefined || !this.active || travelsPlain.has(apdu[0]!)) return apdu;
    return protect(apdu, { context, policy, form: this.formFor(apdu[0]!) });
  }

  /**
   * Opens what came. Throws what `unprotect` throws; `security_policy_not_met` when an APDU that must be protected came
   * in the clear: only refusals, the association's own APDUs and notifications may.
   */
  open(bytes: Uint8Array): OpenedApdu {
    if (isProtected(bytes)) {
      if (this.context === undefined) throw dlmsError("key_missing", { key: "encryption" });
      const { apdu, authenticated, encrypted } = unprotect(bytes, this.context);
      if (this.form === "as-received") this.followForm(bytes[0]!);
      return { apdu, authenticated, encrypted, ciphered: true };
    }
    if (this.active && !allowedInClear.has(bytes[0]!)) {
      throw dlmsError("security_policy_not_met", { found: "in the clear", demanded: describePolicy(this.policy) });
    }
    return { apdu: bytes, authenticated: false, encrypted: false, ciphered: false };
  }

  /** False for what only a push can be: whoever sent it wrong must not end a session with it. */
  mayBeAnswer(tag: number | undefined): boolean {
    const ciphered = protectionOfTag(tag);
    if (ciphered === undefined) return tag !== dataNotification && tag !== eventNotification;
    return ciphered.plainTag === undefined ? this.general : ciphered.plainTag !== eventNotification;
  }

  private followForm(tag: number): void {
    const form = protectionOfTag(tag)?.form;
    this.general = form === "general-global" || form === "general-dedicated";
    this.dedicated = form === "dedicated" || form === "general-dedicated";
  }

  private formFor(tag: number): ProtectionForm {
    // A data-notification has no ciphered form of its own.
    const general = this.general || tag === dataNotification;
    if (this.dedicated) return general ? "general-dedicated" : "dedicated";
    return general ? "general-global" : "global";
  }
}

/** Tag, a length of up to three bytes, security control and invocation counter. */
const envelopeLength = 1 + 3 + 1 + 4;
/** The system title and its length. */
const titleLength = 1 + systemTitleLength;

const dataNotification = serviceTags["data-notification"].plain;
const eventNotification = serviceTags["event-notification"].plain;

/** The association's APDUs protect their user-information themselves; refusals must be readable to a peer without keys. */
const travelsPlain: ReadonlySet<number> = new Set([
  serviceTags.aarq.plain,
  serviceTags.aare.plain,
  serviceTags.rlrq.plain,
  serviceTags.rlre.plain,
  serviceTags["exception-response"].plain,
  serviceTags["confirmed-service-error"].plain,
]);

/** Notifications are reported with the protection they had, so that the owner decides what they are worth. */
const allowedInClear: ReadonlySet<number> = new Set([...travelsPlain, dataNotification, eventNotification]);

function describePolicy({ authenticated, encrypted }: SecurityPolicy): string {
  return [authenticated && "authenticated", encrypted && "encrypted"].filter(Boolean).join(" and ");
}
