/** Editions of UDIL that differ on the wire: the one of 19 February 2019, 3.2.0 of 2022 and 3.3 of 2025. */
export const udilVersions = ["v1", "v3.2", "v3.3"] as const;
export type UdilVersion = (typeof udilVersions)[number];
