/**
 * APDU tags (Green Book, clause 8.2 and the ASN.1 of clause 8.5). One row for each service; ciphered with the global
 * key a service has a tag of its own, with the dedicated key another. Decimal registers elsewhere print these as 200
 * (C8), 33 (21) and so on.
 */

export interface ServiceTags {
  readonly plain: number;
  /** `glo-…`: protected with the global key. */
  readonly global?: number;
  /** `ded-…`: protected with the dedicated key of the association. */
  readonly dedicated?: number;
}

export const serviceTags = {
  "initiate-request": { plain: 0x01, global: 0x21, dedicated: 0x41 },
  "read-request": { plain: 0x05, global: 0x25, dedicated: 0x45 },
  "write-request": { plain: 0x06, global: 0x26, dedicated: 0x46 },
  "initiate-response": { plain: 0x08, global: 0x28, dedicated: 0x48 },
  "read-response": { plain: 0x0c, global: 0x2c, dedicated: 0x4c },
  "write-response": { plain: 0x0d, global: 0x2d, dedicated: 0x4d },
  "confirmed-service-error": { plain: 0x0e, global: 0x2e, dedicated: 0x4e },
  "data-notification": { plain: 0x0f },
  "data-notification-confirm": { plain: 0x10 },
  "unconfirmed-write-request": { plain: 0x16, global: 0x36, dedicated: 0x56 },
  "information-report": { plain: 0x18, global: 0x38, dedicated: 0x58 },
  aarq: { plain: 0x60 },
  aare: { plain: 0x61 },
  rlrq: { plain: 0x62 },
  rlre: { plain: 0x63 },
  "get-request": { plain: 0xc0, global: 0xc8, dedicated: 0xd0 },
  "set-request": { plain: 0xc1, global: 0xc9, dedicated: 0xd1 },
  "event-notification": { plain: 0xc2, global: 0xca, dedicated: 0xd2 },
  "action-request": { plain: 0xc3, global: 0xcb, dedicated: 0xd3 },
  "get-response": { plain: 0xc4, global: 0xcc, dedicated: 0xd4 },
  "set-response": { plain: 0xc5, global: 0xcd, dedicated: 0xd5 },
  "action-response": { plain: 0xc7, global: 0xcf, dedicated: 0xd7 },
  "exception-response": { plain: 0xd8 },
  "access-request": { plain: 0xd9 },
  "access-response": { plain: 0xda },
  "general-glo-ciphering": { plain: 0xdb },
  "general-ded-ciphering": { plain: 0xdc },
  "general-ciphering": { plain: 0xdd },
  "general-signing": { plain: 0xdf },
  "general-block-transfer": { plain: 0xe0 },
} as const satisfies Record<string, ServiceTags>;

export type ServiceName = keyof typeof serviceTags;

export interface TagMeaning {
  readonly service: ServiceName;
  readonly key: keyof ServiceTags;
}

/** What a tag stands for, or undefined. */
export function meaningOfTag(tag: number): TagMeaning | undefined {
  return meanings[tag];
}

/** The service-specific ciphered tag for a plain APDU's tag; undefined when its service has none. */
export function cipheredTag(plainTag: number, key: "global" | "dedicated"): number | undefined {
  const meaning = meanings[plainTag];
  return meaning?.key === "plain" ? (serviceTags[meaning.service] as ServiceTags)[key] : undefined;
}

/** The name a trace shows: "get-request", "glo-get-request", "ded-get-request". */
export function nameOfTag(tag: number): string | undefined {
  const meaning = meanings[tag];
  return meaning && { plain: "", global: "glo-", dedicated: "ded-" }[meaning.key] + meaning.service;
}

const meanings = meaningsByTag();

function meaningsByTag(): readonly (TagMeaning | undefined)[] {
  const byTag = new Array<TagMeaning | undefined>(256).fill(undefined);
  for (const [service, tags] of Object.entries(serviceTags)) {
    for (const [key, tag] of Object.entries(tags)) {
      byTag[tag] = { service: service as ServiceName, key: key as keyof ServiceTags };
    }
  }
  return byTag;
}
