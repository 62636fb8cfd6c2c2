/** From what the registry knows of a meter to the settings of a client session. */
import { randomBytes } from "node:crypto";
import type {
  ClientAuthentication,
  ClientSecurity,
  ClientSettings,
  InvocationCounter,
  LinkSettings,
  SecurityPolicy,
} from "@anymeter/dlms-cosem";
import { type CompleteDlmsSettings, dlms } from "../../../registry/protocols/dlms.ts";
import { profileSettings } from "../../../registry/protocols/dlms-profiles.ts";
import type { DeviceKeys } from "../../../registry/security-keys.ts";
import { RunFailure } from "../../causes.ts";
import { settingsOf as settingsOfProtocol } from "../conversation-driver.ts";
import type { ContactedDevice } from "../driver.ts";

/** Our own system title when the operator sets none: three letters of the maker and a number. */
export const defaultSystemTitle: Uint8Array = Buffer.from("414e590000000001", "hex");

/** The device's settings over its type's, these over their profile's, these over the defaults. */
export function settingsOf(device: ContactedDevice): CompleteDlmsSettings {
  const given = device.settings.dlms_settings ?? {};
  const profile = profileSettings(given.profile as string | undefined);
  return settingsOfProtocol<CompleteDlmsSettings>(dlms, {
    ...device,
    settings: { ...device.settings, dlms_settings: { ...profile, ...given } },
  });
}

/** Whether the settings need the keys' invocation counter. */
export function usesCounter(settings: CompleteDlmsSettings): boolean {
  return settings.ciphering !== "none" || settings.authentication === "gmac";
}

/** @throws RunFailure `key_missing` or `settings_invalid` */
export function clientSettings(
  device: ContactedDevice,
  settings: CompleteDlmsSettings,
  keys: DeviceKeys,
  counter: InvocationCounter,
  systemTitle: Uint8Array,
): ClientSettings {
  const security = securityOf(device, settings, keys, counter, systemTitle);
  return {
    ...common(settings),
    link: linkOf(settings, settings.client_sap),
    authentication: authenticationOf(settings, keys),
    ...(security && { security }),
    associationObject: settings.association_object,
  };
}

/** The public client, which reads the invocation counter without security. */
export function publicClientSettings(settings: CompleteDlmsSettings): ClientSettings {
  return { ...common(settings), link: linkOf(settings, settings.public_client_sap ?? publicClientSap) };
}

/** Green Book 9.2.2.2.2: the public client. */
const publicClientSap = 16;

function common(settings: CompleteDlmsSettings) {
  return {
    maxReceivePduSize: settings.max_pdu_size,
    maxResponseSize,
    random: (length: number) => new Uint8Array(randomBytes(length)),
    ...(settings.max_list_size !== undefined && { maxListSize: settings.max_list_size }),
    ...(settings.release !== undefined && { release: settings.release }),
  };
}

function linkOf(settings: CompleteDlmsSettings, client: number): LinkSettings {
  if (settings.framing === "wrapper") return { framing: "wrapper", client, server: settings.server_sap };
  const {
    hdlc_physical_address,
    hdlc_address_length,
    hdlc_max_information: information,
    hdlc_window: window,
  } = settings;
  return {
    framing: "hdlc",
    client,
    server: {
      logicalDevice: settings.server_sap,
      ...(hdlc_physical_address !== undefined && { physicalDevice: hdlc_physical_address }),
      ...(hdlc_address_length !== undefined && { length: hdlc_address_length }),
    },
    parameters: {
      ...(information !== undefined && { maximumInformationSend: information, maximumInformationReceive: information }),
      ...(window !== undefined && { windowSend: window, windowReceive: window }),
    },
  };
}

function authenticationOf(settings: CompleteDlmsSettings, keys: DeviceKeys): ClientAuthentication {
  const { authentication } = settings;
  switch (authentication) {
    case "none":
    case "gmac":
      return { mechanism: authentication };
    case "lls":
      return { mechanism: "lls", password: secretOf(keys, keys.iec62056Password) };
    case "hls-2":
      return { mechanism: "hls", secret: secretOf(keys) };
    case "ecdsa":
      throw new RunFailure(
        "settings_invalid",
        "authentication is ecdsa (HLS 7), which signs, and no signing keys can be registered: choose another mechanism the meter has.",
      );
    default:
      return { mechanism: authentication, secret: secretOf(keys) };
  }
}

function secretOf(keys: DeviceKeys, otherwise?: Uint8Array): Uint8Array {
  const secret = keys.secret ?? otherwise;
  if (secret) return secret;
  throw new RunFailure("key_missing", "Register dlms_secret.");
}

function securityOf(
  device: ContactedDevice,
  settings: CompleteDlmsSettings,
  keys: DeviceKeys,
  counter: InvocationCounter,
  systemTitle: Uint8Array,
): ClientSecurity | undefined {
  const policy = policies[settings.ciphering];
  if (!usesCounter(settings) && !mechanismsWithTitle.has(settings.authentication)) return undefined;
  if (!keys.guek && usesCounter(settings)) {
    throw new RunFailure("key_missing", "Register dlms_global_unicast_encryption_key.");
  }
  if (!keys.gak && (policy.authenticated || settings.authentication === "gmac")) {
    throw new RunFailure("key_missing", "Register dlms_global_authentication_key.");
  }
  return {
    suite: settings.suite,
    systemTitle,
    // SHA-256 proves the system title alone; the context still asks for a key, which is then never used.
    keys: {
      unicastEncryption: keys.guek ?? new Uint8Array(keyLengths[settings.suite]),
      ...(keys.gak && { authentication: keys.gak }),
    },
    counter,
    policy,
    ...(device.dlmsSystemTitle && { peerSystemTitle: new Uint8Array(Buffer.from(device.dlmsSystemTitle, "hex")) }),
    form: settings.general_ciphering ? "general" : "service-specific",
    dedicatedKey: settings.dedicated_key ? "own-counter" : "none",
  };
}

const policies: Readonly<Record<CompleteDlmsSettings["ciphering"], SecurityPolicy>> = {
  none: { authenticated: false, encrypted: false },
  authenticated: { authenticated: true, encrypted: false },
  encrypted: { authenticated: false, encrypted: true },
  "authenticated-encrypted": { authenticated: true, encrypted: true },
};
const mechanismsWithTitle: ReadonlySet<string> = new Set(["gmac", "sha256", "ecdsa"]);
const keyLengths = { 0: 16, 1: 16, 2: 32 } as const;
/** Bytes of one answer joined from blocks: a year of a wide profile is below. */
const maxResponseSize = 32 * 1024 * 1024;
