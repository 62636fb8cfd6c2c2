/** The configuration field of the header (EN 13757-7:2018, 7.5.8): how the data behind it is enciphered. */

export interface Configuration {
  /** 0 plain, 5 AES-CBC with the meter's key, 7 AES-CBC with a key of its own for each telegram. */
  readonly mode: number;
  /** Enciphered bytes at the beginning of the data: whole blocks of 16. */
  readonly encryptedLength: number;
  /** Bytes of the header behind the two of the field. */
  readonly extensionLength: number;
}

export function configurationOf(field: number): Configuration {
  const mode = (field >> 8) & 0x1f;
  const counted = mode === securityModes.cbc || mode === securityModes.derivedCbc;
  return {
    mode,
    encryptedLength: counted ? ((field >> 4) & 0x0f) * 16 : 0,
    extensionLength: mode === securityModes.derivedCbc ? 1 : 0,
  };
}

export const securityModes = { none: 0, cbc: 5, derivedCbc: 7 } as const;

/** Old meters have something else in these bytes, such as FFFF: a mode that the standard reserves is no cipher. */
export function isPlain(mode: number): boolean {
  return mode === securityModes.none || names[mode] === undefined;
}

export function securityModeName(mode: number): string {
  return names[mode] ?? `no security mode (${mode})`;
}

const names: Readonly<Record<number, string>> = {
  0: "not enciphered",
  1: "security mode 1, manufacturer specific",
  2: "security mode 2, DES-CBC",
  3: "security mode 3, DES-CBC",
  4: "security mode 4, AES-128-CBC",
  5: "security mode 5, AES-128-CBC",
  7: "security mode 7, AES-128-CBC with derived keys",
  8: "security mode 8, AES-128-CTR with CMAC",
  9: "security mode 9, AES-128-GCM",
  10: "security mode 10, AES-128-CCM",
  13: "security mode 13, TLS",
  15: "security mode 15, manufacturer specific",
};
