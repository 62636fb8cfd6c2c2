/** IEC local port setup (class 19; Blue Book, clause 4.7.1): the optical port. */
import { enumerated, text, valuesOf } from "./value-codec.ts";

export const localPortSetupValues = valuesOf({
  /** 0 IEC 62056-21, 1 HDLC, 2 not specified. */
  defaultMode: enumerated,
  /** 0 to 9: 300, 600, 1200 … 115200 baud. */
  defaultBaud: enumerated,
  propBaud: enumerated,
  /** 0 20 ms, 1 200 ms. */
  responseTime: enumerated,
  deviceAddr: text,
  passP1: text,
  passP2: text,
  passW5: text,
});
