/** Where the client's HLS proof goes: method 1 of an association LN (class 15), whose logical name the settings tell. */
export const replyToHlsAuthentication = { classId: 15, method: 1 } as const;
