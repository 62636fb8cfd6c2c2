/**
 * Who asks: staff sees every organization, everybody else sees exactly one. Every query of every room is filtered by it.
 */
export type Scope = { readonly staff: true } | { readonly staff: false; readonly organization: string };

export const staffScope: Scope = { staff: true };
