/** Logical names of objects that more than one part of the meter speaks of. */

export const loadProfileName = "1.0.99.1.0.255";
export const dailyProfileName = "1.0.99.2.0.255";
export const billingProfileName = "1.0.98.1.0.255";
export const eventLogName = "0.0.99.98.0.255";
export const disconnectorName = "0.0.96.3.10.255";
