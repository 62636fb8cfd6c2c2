/** Opens ciphered pushes with the meter's keys, and protects what is answered to them. */
import {
  countFrom,
  DlmsError,
  fullProtection,
  isProtected,
  protect,
  readProtectionHeader,
  SecurityContext,
  type SecurityPolicy,
  unprotect,
} from "@anymeter/dlms-cosem";
import type { CompleteDlmsSettings } from "../../registry/protocols/dlms.ts";
import type { DeviceKeys } from "../../registry/security-keys.ts";
import { defaultSystemTitle } from "../drivers/dlms/client-settings.ts";
import type { ContactedDevice } from "../drivers/driver.ts";
import { RefusedPush } from "./refused-push.ts";
import type { PushRefusal } from "./unknown-pushers.ts";

export interface OpenedPush {
  /** Plain. */
  readonly apdu: Uint8Array;
  /** The counter to accept when what is inside is durable; undefined for a plain push, and where counters are ignored. */
  readonly counter?: { readonly key: string; readonly value: number };
  readonly protected: boolean;
}

/** The sender's title as an APDU carries it, upper-case hexadecimal; undefined when it carries none. */
export function carriedTitle(apdu: Uint8Array): string | undefined {
  if (!isProtected(apdu)) return undefined;
  const { systemTitle } = readProtectionHeader(apdu);
  return systemTitle.length === 0 ? undefined : Buffer.from(systemTitle).toString("hex").toUpperCase();
}

/**
 * @param lastCounters accepted from the meter before, by kind of key
 * @throws RefusedPush
 */
export function openPush(
  apdu: Uint8Array,
  device: ContactedDevice,
  settings: CompleteDlmsSettings,
  keys: DeviceKeys,
  lastCounters: Readonly<Record<string, number>>,
): OpenedPush {
  if (!isProtected(apdu)) {
    demandNothing(settings);
    return { apdu, protected: false };
  }
  if (!keys.guek) throw new RefusedPush("key_missing");
  const ignored = settings.push_counter === "ignored";
  try {
    const opened = unprotect(apdu, contextOf(apdu, device, settings, keys, ignored ? {} : lastCounters));
    return {
      apdu: opened.apdu,
      protected: true,
      // What no key has touched proves nothing: its counter could lock the meter out.
      ...(!ignored &&
        (opened.authenticated || opened.encrypted) && {
          counter: { key: opened.key, value: opened.invocationCounter },
        }),
    };
  } catch (error) {
    if (error instanceof DlmsError) throw new RefusedPush(refusals[error.code] ?? "damaged", error.message);
    throw error;
  }
}

/** Whether the meter may say anything in the clear. @throws RefusedPush */
export function demandNothing(settings: CompleteDlmsSettings): void {
  const demands = demandsOf(settings);
  if (demands.authenticated || demands.encrypted) {
    throw new RefusedPush("security_not_met", "The push is not ciphered.");
  }
}

/** Protects an answer as pushes of the meter are, under one counter of ours. */
export function protectAnswer(
  apdu: Uint8Array,
  settings: CompleteDlmsSettings,
  keys: DeviceKeys,
  counter: number,
  systemTitle: Uint8Array = defaultSystemTitle,
): Uint8Array {
  const context = new SecurityContext({
    suite: settings.suite,
    systemTitle,
    keys: { unicastEncryption: keys.guek!, ...(keys.gak && { authentication: keys.gak }) },
    counter: countFrom(counter),
  });
  const policy = keys.gak ? fullProtection : { authenticated: false, encrypted: true };
  return protect(apdu, { context, policy, form: "general-global" });
}

function contextOf(
  apdu: Uint8Array,
  device: ContactedDevice,
  settings: CompleteDlmsSettings,
  keys: DeviceKeys,
  last: Readonly<Record<string, number>>,
): SecurityContext {
  const title = titleOf(apdu, device);
  return new SecurityContext({
    suite: settings.suite,
    systemTitle: defaultSystemTitle,
    peerSystemTitle: title,
    keys: {
      unicastEncryption: keys.guek!,
      ...(keys.gbek && { broadcastEncryption: keys.gbek }),
      ...(keys.gak && { authentication: keys.gak }),
    },
    counter: countFrom(0),
    lastPeerCounters: {
      ...(last.unicast !== undefined && { unicast: last.unicast }),
      ...(last.broadcast !== undefined && { broadcast: last.broadcast }),
    },
    demands: demandsOf(settings),
    ...(settings.encryption_only_length && { encryptionOnlyLength: settings.encryption_only_length }),
  });
}

/** Some meters leave their title out (Pietro Fiorentini RSE): then the registered one stands in the nonce. */
function titleOf(apdu: Uint8Array, device: ContactedDevice): Uint8Array {
  const carried = carriedTitle(apdu);
  const title = carried ?? device.dlmsSystemTitle;
  if (title) return new Uint8Array(Buffer.from(title, "hex"));
  throw new RefusedPush("settings_invalid", "The push carries no system title, and none is registered with the meter.");
}

function demandsOf({ push_protection, ciphering }: CompleteDlmsSettings): SecurityPolicy {
  const least = push_protection ?? ciphering;
  return { authenticated: least.startsWith("authenticated"), encrypted: least.endsWith("encrypted") };
}

const refusals: Readonly<Partial<Record<DlmsError["code"], PushRefusal>>> = {
  authentication_tag_mismatch: "wrong_key",
  // Without the authentication key, what the wrong key opens is no APDU.
  ciphered_apdu_invalid: "wrong_key",
  invocation_counter_replayed: "counter_replayed",
  key_invalid: "settings_invalid",
  key_missing: "key_missing",
  security_policy_not_met: "security_not_met",
  security_suite_mismatch: "settings_invalid",
  system_title_invalid: "settings_invalid",
  system_title_unexpected: "identity_mismatch",
};
