import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** First byte of everything sealed: AES-256-GCM with a nonce of 12 and a tag of 16 bytes. */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
export const masterKeyBytes = 32;

/** The secret does not open: it was changed, moved to another place, or sealed under another master key. */
export class SealError extends Error {
  override readonly name = "SealError";
}

/**
 * Seals secrets under the master key. `place` (the row and the column a secret is kept in) is authenticated with it:
 * a sealed secret that is copied to another row does not open there.
 */
export class Sealer {
  readonly #key: Uint8Array;

  /** @param masterKey 32 bytes. @throws RangeError on any other length */
  constructor(masterKey: Uint8Array) {
    if (masterKey.length !== masterKeyBytes)
      throw new RangeError(`the master key has ${masterKey.length} bytes, not 32`);
    this.#key = masterKey;
  }

  seal(secret: string | Uint8Array, place: string): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(associatedData(place));
    const sealed = Buffer.concat([cipher.update(secret as string), cipher.final()]);
    return Buffer.concat([Buffer.of(version), nonce, sealed, cipher.getAuthTag()]);
  }

  /** @throws SealError */
  open(sealed: Uint8Array, place: string): Buffer {
    if (sealed.length < 1 + nonceBytes + tagBytes || sealed[0] !== version) {
      throw new SealError(`${place} is not sealed in a form this version knows`);
    }
    const nonce = sealed.subarray(1, 1 + nonceBytes);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, nonce).setAAD(associatedData(place));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(1 + nonceBytes, -tagBytes)), decipher.final()]);
    } catch (cause) {
      throw new SealError(`${place} does not open with this master key`, { cause });
    }
  }
}

function associatedData(place: string): Buffer {
  return Buffer.from(`anymeter:${place}`);
}
