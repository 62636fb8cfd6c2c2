/** One sentence for an APDU: what it is and what it is about. */
import { describeDiagnostic } from "../acse/diagnostics.ts";
import { attributeDefinition, interfaceClasses, methodDefinition } from "../cosem/interface-classes.ts";
import { describeDateTime } from "../data/date-time-text.ts";
import { nameOfActionResult, nameOfDataAccessResult } from "../xdlms/access-results.ts";
import type { Apdu, AttributeDescriptor, MethodDescriptor } from "../xdlms/apdu.ts";
import { describeException } from "../xdlms/exceptions.ts";
import { describeServiceError } from "../xdlms/service-errors.ts";
import { nameOfTag } from "../xdlms/tags.ts";
import { counted, describeLogicalName } from "./explain-data.ts";

export function summaryOf(apdu: Apdu): string {
  const more = details(apdu);
  return more === undefined ? nameOf(apdu) : `${nameOf(apdu)}: ${more}`;
}

function nameOf(apdu: Apdu): string {
  return apdu.type === "ciphered" ? (nameOfTag(apdu.tag) ?? apdu.type) : apdu.type;
}

function details(apdu: Apdu): string | undefined {
  switch (apdu.type) {
    case "aarq":
      return `association request, ${apdu.applicationContext ?? "unknown context"}, mechanism ${apdu.mechanism ?? "none"}`;
    case "aare":
      return `association ${apdu.result}, ${describeDiagnostic(apdu.diagnostic).name}`;
    case "rlrq":
      return "release request";
    case "rlre":
      return "release response";
    case "get-request-normal":
    case "set-request-normal":
    case "set-request-first-datablock":
      return describeAttribute(apdu.attribute);
    case "get-request-with-list":
    case "set-request-with-list":
    case "set-request-with-list-first-datablock":
      return counted(apdu.attributes.length, "attribute");
    case "action-request-normal":
    case "action-request-with-first-pblock":
      return describeMethod(apdu.method);
    case "get-response-normal":
      return "data" in apdu.result ? apdu.result.data.type : nameOfDataAccessResult(apdu.result.error);
    case "get-response-with-list":
      return counted(apdu.results.length, "result");
    case "get-response-with-datablock":
      return `block ${apdu.block}${apdu.last ? ", the last" : ""}`;
    case "set-response-normal":
      return nameOfDataAccessResult(apdu.result);
    case "action-response-normal":
      return nameOfActionResult(apdu.response.result);
    case "exception-response":
      return describeException(apdu);
    case "confirmed-service-error":
      return describeServiceError(apdu);
    case "data-notification": {
      const elements = Array.isArray(apdu.body.value) ? `, ${counted(apdu.body.value.length, "element")}` : "";
      return `pushed ${apdu.dateTime ? `at ${describeDateTime(apdu.dateTime)}` : "without a time"}${elements}`;
    }
    case "event-notification":
      return describeAttribute(apdu.attribute);
    case "general-block-transfer":
      return `block ${apdu.block}${apdu.last ? ", the last" : ""}`;
    default:
      return undefined;
  }
}

function describeAttribute({ classId, logicalName, attribute }: AttributeDescriptor): string {
  const name = attributeDefinition(classId, attribute)?.name;
  return `attribute ${attribute}${name === undefined ? "" : ` (${name})`} of ${describeObject(classId, logicalName)}`;
}

function describeMethod({ classId, logicalName, method }: MethodDescriptor): string {
  const name = methodDefinition(classId, method)?.name;
  return `method ${method}${name === undefined ? "" : ` (${name})`} of ${describeObject(classId, logicalName)}`;
}

function describeObject(classId: number, logicalName: string): string {
  return `${interfaceClasses.get(classId)?.name ?? `class ${classId}`} ${describeLogicalName(logicalName).text}`;
}
