/** The CI field (EN 13757-7:2018, table 2): what an application layer is, and which header it has. */

export interface ControlInformation {
  readonly name: string;
  readonly direction: "from meter" | "to meter" | "both";
  readonly header: HeaderKind;
  readonly content: ContentKind;
}

/** Before the data: nothing, access number to configuration field, or the meter's address before these. */
export type HeaderKind = "none" | "short" | "long";

export type ContentKind =
  | "records"
  /** Values alone, whose DIF and VIF an earlier telegram gave. */
  | "compact"
  /** DIF and VIF alone, for the values of compact frames. */
  | "format"
  | "application error"
  | "alarm"
  | "selection"
  /** A command with at most a subcode. */
  | "command"
  | "extended link layer"
  | "authentication"
  /** DLMS/COSEM, other protocols, nothing at all: bytes here. */
  | "other";

/** CI fields that programs name. */
export const controlInformationFields = {
  applicationReset: 0x50,
  dataSend: 0x51,
  selection: 0x52,
  synchronize: 0x5c,
  applicationError: 0x70,
  alarm: 0x71,
  variableLong: 0x72,
  /** Fixed structure of old meters; the same code is that of compact frames with long header. */
  fixedOrCompactLong: 0x73,
  variable: 0x78,
  compact: 0x79,
  variableShort: 0x7a,
} as const;

/** undefined for codes that are reserved or not known here. */
export function controlInformationOf(field: number): ControlInformation | undefined {
  return table[field];
}

const table: readonly (ControlInformation | undefined)[] = controlInformationTable();

function controlInformationTable(): (ControlInformation | undefined)[] {
  const entries = new Array<ControlInformation | undefined>(256).fill(undefined);
  const set = (
    field: number,
    name: string,
    direction: ControlInformation["direction"],
    header: HeaderKind,
    content: ContentKind,
  ) => {
    entries[field] = { name, direction, header, content };
  };
  for (let field = 0x00; field < 0x20; field++) {
    set(field, `DLMS over M-Bus, segment ${field & 0x0f}${field & 0x10 ? ", last" : ""}`, "both", "none", "other");
  }
  set(0x50, "application reset or select", "to meter", "none", "command");
  set(0x51, "data to the meter", "to meter", "none", "records");
  set(0x52, "selection by secondary address", "to meter", "none", "selection");
  set(0x54, "synchronize action (M-Bus 4.8)", "to meter", "none", "command");
  set(0x5a, "command, short header", "to meter", "short", "records");
  set(0x5b, "command, long header", "to meter", "long", "records");
  set(0x5c, "synchronize action", "to meter", "none", "command");
  set(0x60, "DLMS/COSEM to the meter, long header", "to meter", "long", "other");
  set(0x61, "DLMS/COSEM to the meter, short header", "to meter", "short", "other");
  set(0x64, "OBIS application to the meter, long header", "to meter", "long", "other");
  set(0x65, "OBIS application to the meter, short header", "to meter", "short", "other");
  set(0x69, "format frame, no header", "from meter", "none", "format");
  set(0x6a, "format frame, short header", "from meter", "short", "format");
  set(0x6b, "format frame, long header", "from meter", "long", "format");
  set(0x6c, "absolute clock synchronization", "to meter", "none", "other");
  set(0x6d, "relative clock synchronization", "to meter", "none", "other");
  set(0x6e, "application error, short header", "from meter", "short", "application error");
  set(0x6f, "application error, long header", "from meter", "long", "application error");
  set(0x70, "application error", "from meter", "none", "application error");
  set(0x71, "alarm", "from meter", "none", "alarm");
  set(0x72, "data of the meter, long header", "from meter", "long", "records");
  set(0x73, "compact frame, long header", "from meter", "long", "compact");
  set(0x74, "alarm, short header", "from meter", "short", "alarm");
  set(0x75, "alarm, long header", "from meter", "long", "alarm");
  set(0x78, "data of the meter, no header", "from meter", "none", "records");
  set(0x79, "compact frame, no header", "from meter", "none", "compact");
  set(0x7a, "data of the meter, short header", "from meter", "short", "records");
  set(0x7b, "compact frame, short header", "from meter", "short", "compact");
  set(0x7c, "DLMS/COSEM of the meter, long header", "from meter", "long", "other");
  set(0x7d, "DLMS/COSEM of the meter, short header", "from meter", "short", "other");
  set(0x7e, "OBIS application of the meter, long header", "from meter", "long", "other");
  set(0x7f, "OBIS application of the meter, short header", "from meter", "short", "other");
  set(0x80, "transport layer to the meter, long header", "to meter", "long", "other");
  set(0x8a, "transport layer of the meter, short header", "from meter", "short", "other");
  set(0x8b, "transport layer of the meter, long header", "from meter", "long", "other");
  set(0x8c, "extended link layer", "both", "none", "extended link layer");
  set(0x8d, "extended link layer with session", "both", "none", "extended link layer");
  set(0x8e, "extended link layer with address", "both", "none", "extended link layer");
  set(0x8f, "extended link layer with address and session", "both", "none", "extended link layer");
  set(0x90, "authentication and fragmentation layer", "both", "none", "authentication");
  for (let field = 0xa0; field < 0xb8; field++) set(field, "manufacturer specific", "both", "none", "other");
  [300, 600, 1200, 2400, 4800, 9600, 19200, 38400].forEach((baud, index) => {
    set(0xb8 + index, `set baud rate ${baud}`, "to meter", "none", "command");
  });
  return entries;
}
