/** Tables of the head-end room. */
// biome-ignore lint/suspicious/noEmptyInterface: the room adds its tables here.
export interface HeadEndTables {}
