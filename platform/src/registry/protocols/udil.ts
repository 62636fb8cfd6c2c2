/**
 * A value of a device's `protocol` for meters behind a vendor's MDC (udil/mdm). It is no declaration like its siblings:
 * there are no settings, and no task calls, since the MDC decides how and when it talks to its meters.
 */
export const udilProtocol = "udil";
