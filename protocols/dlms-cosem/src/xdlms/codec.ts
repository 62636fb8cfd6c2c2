/** Every APDU by its tag: `decodeApdu` and `encodeApdu`, and the two tables they look in. */

import { hexFromByte } from "@anymeter/sans-io";
import {
  decodeAare,
  decodeAarq,
  decodeRlre,
  decodeRlrq,
  encodeAare,
  encodeAarq,
  encodeRelease,
} from "../acse/codec.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { decodeWhole } from "../data/whole.ts";
import { dlmsError } from "../errors.ts";
import { decodeAccessRequest, decodeAccessResponse, encodeAccessRequest, encodeAccessResponse } from "./access.ts";
import { decodeActionRequest, decodeActionResponse, encodeActionRequest, encodeActionResponse } from "./action.ts";
import type { Apdu } from "./apdu.ts";
import {
  decodeConfirmedServiceError,
  decodeExceptionResponse,
  encodeConfirmedServiceError,
  encodeExceptionResponse,
} from "./errors.ts";
import {
  decodeCiphered,
  decodeGeneralBlockTransfer,
  decodeGeneralCiphered,
  decodeGeneralCiphering,
  encodeCiphered,
  encodeGeneralBlockTransfer,
  encodeGeneralCiphered,
  encodeGeneralCiphering,
} from "./general.ts";
import { decodeGetRequest, decodeGetResponse, encodeGetRequest, encodeGetResponse } from "./get.ts";
import {
  decodeInitiateRequest,
  decodeInitiateResponse,
  encodeInitiateRequest,
  encodeInitiateResponse,
} from "./initiate.ts";
import {
  decodeDataNotification,
  decodeDataNotificationConfirm,
  decodeEventNotification,
  encodeDataNotification,
  encodeDataNotificationConfirm,
  encodeEventNotification,
} from "./notification.ts";
import { decodeSetRequest, decodeSetResponse, encodeSetRequest, encodeSetResponse } from "./set.ts";
import {
  decodeInformationReport,
  decodeReadRequest,
  decodeReadResponse,
  decodeWriteRequest,
  decodeWriteResponse,
  encodeInformationReport,
  encodeReadRequest,
  encodeReadResponse,
  encodeWriteRequest,
  encodeWriteResponse,
} from "./short-names.ts";
import { meaningOfTag, nameOfTag, type ServiceName } from "./tags.ts";

/**
 * Decodes one whole APDU. Octet-strings in it are views of the bytes given. Throws a `DlmsError` of fault "damaged":
 * `apdu_tag_unknown` names the tag, `apdu_truncated` what is missing and where, `apdu_trailing_bytes` what is too much.
 */
export function decodeApdu(bytes: Uint8Array): Apdu {
  return decodeWhole(bytes, "the APDU", readApdu);
}

/** Throws `value_not_encodable` or `obis_invalid` naming the field that does not fit. */
export function encodeApdu(apdu: Apdu): Uint8Array {
  const writer = new ByteWriter();
  const encode = encoders[apdu.type] as (writer: ByteWriter, apdu: Apdu) => void;
  encode(writer, apdu);
  return writer.finish();
}

type Decoder = (reader: ByteReader, tag: number) => Apdu;
type Encoders = { readonly [Type in Apdu["type"]]: (writer: ByteWriter, apdu: Extract<Apdu, { type: Type }>) => void };

const decoders: Readonly<Partial<Record<ServiceName, Decoder>>> = {
  "initiate-request": decodeInitiateRequest,
  "initiate-response": decodeInitiateResponse,
  "confirmed-service-error": decodeConfirmedServiceError,
  "data-notification": decodeDataNotification,
  "data-notification-confirm": decodeDataNotificationConfirm,
  "read-request": decodeReadRequest,
  "write-request": decodeWriteRequest,
  "read-response": decodeReadResponse,
  "write-response": decodeWriteResponse,
  "unconfirmed-write-request": decodeWriteRequest,
  "information-report": decodeInformationReport,
  aarq: decodeAarq,
  aare: decodeAare,
  rlrq: decodeRlrq,
  rlre: decodeRlre,
  "get-request": decodeGetRequest,
  "set-request": decodeSetRequest,
  "event-notification": decodeEventNotification,
  "action-request": decodeActionRequest,
  "get-response": decodeGetResponse,
  "set-response": decodeSetResponse,
  "action-response": decodeActionResponse,
  "exception-response": decodeExceptionResponse,
  "access-request": decodeAccessRequest,
  "access-response": decodeAccessResponse,
  "general-glo-ciphering": decodeGeneralCiphered,
  "general-ded-ciphering": decodeGeneralCiphered,
  "general-ciphering": decodeGeneralCiphering,
  "general-block-transfer": decodeGeneralBlockTransfer,
};

const encoders: Encoders = {
  aarq: encodeAarq,
  aare: encodeAare,
  rlrq: encodeRelease,
  rlre: encodeRelease,
  "initiate-request": encodeInitiateRequest,
  "initiate-response": encodeInitiateResponse,
  "confirmed-service-error": encodeConfirmedServiceError,
  "get-request-normal": encodeGetRequest,
  "get-request-next": encodeGetRequest,
  "get-request-with-list": encodeGetRequest,
  "get-response-normal": encodeGetResponse,
  "get-response-with-datablock": encodeGetResponse,
  "get-response-with-list": encodeGetResponse,
  "set-request-normal": encodeSetRequest,
  "set-request-first-datablock": encodeSetRequest,
  "set-request-datablock": encodeSetRequest,
  "set-request-with-list": encodeSetRequest,
  "set-request-with-list-first-datablock": encodeSetRequest,
  "set-response-normal": encodeSetResponse,
  "set-response-datablock": encodeSetResponse,
  "set-response-last-datablock": encodeSetResponse,
  "set-response-last-datablock-with-list": encodeSetResponse,
  "set-response-with-list": encodeSetResponse,
  "action-request-normal": encodeActionRequest,
  "action-request-next-pblock": encodeActionRequest,
  "action-request-with-list": encodeActionRequest,
  "action-request-with-first-pblock": encodeActionRequest,
  "action-request-with-list-and-first-pblock": encodeActionRequest,
  "action-request-with-pblock": encodeActionRequest,
  "action-response-normal": encodeActionResponse,
  "action-response-with-pblock": encodeActionResponse,
  "action-response-with-list": encodeActionResponse,
  "action-response-next-pblock": encodeActionResponse,
  "exception-response": encodeExceptionResponse,
  "data-notification": encodeDataNotification,
  "data-notification-confirm": encodeDataNotificationConfirm,
  "event-notification": encodeEventNotification,
  "general-block-transfer": encodeGeneralBlockTransfer,
  ciphered: encodeCiphered,
  "general-glo-ciphering": encodeGeneralCiphered,
  "general-ded-ciphering": encodeGeneralCiphered,
  "general-ciphering": encodeGeneralCiphering,
  "access-request": encodeAccessRequest,
  "access-response": encodeAccessResponse,
  "read-request": encodeReadRequest,
  "read-response": encodeReadResponse,
  "write-request": encodeWriteRequest,
  "unconfirmed-write-request": encodeWriteRequest,
  "write-response": encodeWriteResponse,
  "information-report": encodeInformationReport,
};

const decodersByTag: readonly (Decoder | undefined)[] = Array.from({ length: 256 }, (_, tag) => {
  const meaning = meaningOfTag(tag);
  if (meaning === undefined) return undefined;
  return meaning.key === "plain" ? decoders[meaning.service] : decodeCiphered;
});

/** For this package: decodes the next APDU, and leaves the reader behind it. */
export function readApdu(reader: ByteReader): Apdu {
  const tag = reader.unsigned8("the APDU's tag");
  const decode = decodersByTag[tag];
  if (decode === undefined) throw unknownTag(tag);
  return decode(reader, tag);
}

function unknownTag(tag: number): Error {
  const name = nameOfTag(tag);
  return dlmsError("apdu_tag_unknown", { tag: hexFromByte(tag) + (name === undefined ? "" : ` (${name})`), offset: 0 });
}
