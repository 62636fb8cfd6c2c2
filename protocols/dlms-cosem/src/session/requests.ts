/** What a client asks of a meter besides attributes to read. */
import type { Data } from "../data/data.ts";
import type { MethodDescriptor, SelectedAttribute } from "../xdlms/apdu.ts";

export interface Assignment {
  readonly attribute: SelectedAttribute;
  readonly data: Data;
}

export interface MethodCall {
  readonly method: MethodDescriptor;
  readonly parameter?: Data;
}
