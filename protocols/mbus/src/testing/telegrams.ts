/**
 * Telegrams of real meters and of published specifications, each with where its bytes were published. Bytes are facts; the
 * expectations were read off the meters' displays or the publications, or computed by hand.
 */
import { bytesFromHex } from "@anymeter/sans-io";

export interface PublishedTelegram {
  readonly name: string;
  readonly source: string;
  /** A whole wired frame, or a wireless frame without its check sequences. */
  readonly bytes: Uint8Array;
  readonly key?: Uint8Array;
  /** One line for each record: name, "=", value and unit; see `recordLines`. */
  readonly records: readonly string[];
}

const libmbus = "libmbus, test/test-frames (BSD-3-Clause)";
const wmbusmeters = "wmbusmeters, simulations";
const oms = "OMS specification volume 2, annex N";

export const wiredTelegrams: readonly PublishedTelegram[] = [
  {
    name: "ABB F95 heat meter: two records in error state among fourteen",
    source: `${libmbus}: abb_f95`,
    bytes:
      bytesFromHex(`68 5E 5E 68 08 00 72 90 85 71 26 24 23 28 04 73 50 00 00 0C 05 00 00 00 00 0C 12 42 07 00 00 3C 2A DD B4 EB DD
      3B 3A DD B4 EB 0A 5A 04 02 0A 5E 04 02 0A 62 00 00 04 6D 22 10 8D 11 4C 05 00 00 00 00 44 6D 3B 17 7E 14 44 ED 7E 3B 17
      9E 14 8C 01 05 00 00 00 00 84 01 6D 3B 17 7F 1C 0B 26 53 65 08 04 16`),
    records: [
      "energy = 0 Wh",
      "volume = 0.0742 m³",
      "power, error state = text DDEBB4DD W, problem",
      "volume flow, error state = text EBB4DD m³/h, problem",
      "flow temperature = 20.4 °C",
      "return temperature = 20.4 °C",
      "temperature difference = 0.0 K",
      "date and time = 2012-01-13T16:34",
      "energy, storage 1 = 0 Wh",
      "date and time, storage 1 = 2011-04-30T23:59",
      "date and time, storage 1, future value = 2012-04-30T23:59",
      "energy, storage 2 = 0 Wh",
      "date and time, storage 2 = 2011-12-31T23:59",
      "operating time = 86553 h",
    ],
  },
  {
    name: "Elvaco temperature and humidity: plain text units directly behind the VIF, exponents in the VIFE after them",
    source: `${libmbus}: elv_temp_humid`,
    bytes:
      bytesFromHex(`68 53 53 68 08 05 72 34 08 00 54 96 15 32 00 F2 00 00 00 01 FD 1B 00 02 FC 03 48 52 25 74 D4 11 22 FC 03 48 52
      25 74 C8 11 12 FC 03 48 52 25 74 B4 16 02 65 D0 08 22 65 70 08 12 65 23 09 01 72 18 42 65 E4 08 82 01 65 DD 08 0C 78 34 08
      00 54 03 FD 0F 00 00 04 1F 5D 16`),
    records: [
      "digital input = 0",
      "value with plain text unit = 45.64 %RH",
      "value with plain text unit, minimum = 45.52 %RH",
      "value with plain text unit, maximum = 58.12 %RH",
      "external temperature = 22.56 °C",
      "external temperature, minimum = 21.60 °C",
      "external temperature, maximum = 23.39 °C",
      "averaging duration = 24 h",
      "external temperature, storage 1 = 22.76 °C",
      "external temperature, storage 2 = 22.69 °C",
      "fabrication number = text 54000834",
      "software version = 262144",
    ],
  },
  {
    name: "plain text unit behind the VIFE, as EN 13757-3 places it",
    source: `${libmbus}: example_plain_text_placement`,
    bytes: bytesFromHex("68 19 19 68 08 02 72 78 56 34 12 24 40 01 07 55 00 00 00 03 FC 20 03 43 42 41 15 31 00 7F 16"),
    records: ["value with plain text unit = 12565 ABC/s"],
  },
  {
    name: "variable data of 16 bytes, LVAR F0",
    source: `${libmbus}: example_binary16_lvar`,
    bytes:
      bytesFromHex(`68 25 25 68 08 00 72 00 00 00 00 CD 25 01 02 00 00 00 00 0D 7C 02 57 50 F0 96 07 5B 2A 27 A6 93 01 3D B5 1A B3
      DC D1 3E 17 D5 16`),
    records: ["value with plain text unit = bytes 96075B2A27A693013DB51AB3DCD13E17 PW"],
  },
  {
    name: "water meter with the fixed structure: 1 l now, 135 l at the due date",
    source: `M-Bus documentation 4.8, 6.2; ${libmbus}: manual_frame2`,
    bytes: bytesFromHex("68 13 13 68 08 05 73 78 56 34 12 0A 00 E9 7E 01 00 00 00 35 01 00 00 3C 16"),
    records: ["volume = 0.001 m³", "volume, storage 1 = 0.135 m³"],
  },
  {
    name: "SVM F22 heat meter, subunits, first of several telegrams",
    source: `${libmbus}: svm_f22_telegram1`,
    bytes:
      bytesFromHex(`68 5C 5C 68 08 01 72 89 60 00 01 CD 4E 09 0C 94 70 00 00 04 06 6E 6D 00 00 04 13 45 C6 09 00 84 40 13 45 C6 09
      00 02 5B F3 00 02 5F F3 00 02 62 00 00 04 22 E2 18 00 00 04 26 DB 18 00 00 04 3B 00 00 00 00 04 2C 00 00 00 00 04 6D 0C 15
      A8 22 84 40 6E 00 00 00 00 84 80 40 6E 00 00 00 00 1F A7 16`),
    records: [
      "energy = 28014000 Wh",
      "volume = 640.581 m³",
      "volume, subunit 1 = 640.581 m³",
      "flow temperature = 243 °C",
      "return temperature = 243 °C",
      "temperature difference = 0.0 K",
      "on time = 6370 h",
      "operating time = 6363 h",
      "volume flow = 0.000 m³/h",
      "power = 0 W",
      "date and time = 2021-02-08T21:12",
      "heat cost allocation, subunit 1 = 0 HCA units",
      "heat cost allocation, subunit 2 = 0 HCA units",
    ],
  },
  {
    name: "Gossen Metrawatt electricity meter: subunits, tariffs, negative power",
    source: `${libmbus}: gmc_emmod206`,
    bytes:
      bytesFromHex(`68 91 91 68 08 03 72 78 56 34 12 A3 1D E6 02 02 00 00 00 82 40 FD 48 60 03 82 80 40 FD 48 BF 03 82 C0 40 FD 48
      20 04 82 40 FD 59 BD 03 82 80 40 FD 59 1F 04 82 C0 40 FD 59 7E 04 82 40 2B E0 00 82 40 2B 36 FF 84 10 04 94 28 00 00 84 20
      04 98 3A 00 00 84 50 04 BF 4E 00 00 84 60 04 A8 61 00 00 84 90 40 04 8B 75 00 00 84 A0 40 04 B8 88 00 00 84 D0 40 04 2D 9D
      00 00 84 E0 40 04 C8 AF 00 00 82 41 2B E0 00 82 42 2B 00 00 82 43 2B 00 00 82 44 2B CA 00 42 16`),
    records: [
      "voltage, subunit 1 = 86.4 V",
      "voltage, subunit 2 = 95.9 V",
      "voltage, subunit 3 = 105.6 V",
      "current, subunit 1 = 0.957 A",
      "current, subunit 2 = 1.055 A",
      "current, subunit 3 = 1.150 A",
      "power, subunit 1 = 224 W",
      "power, subunit 1 = -202 W",
      "energy, tariff 1 = 103880 Wh",
      "energy, tariff 2 = 150000 Wh",
      "energy, tariff 1, subunit 1 = 201590 Wh",
      "energy, tariff 2, subunit 1 = 250000 Wh",
      "energy, tariff 1, subunit 2 = 300910 Wh",
      "energy, tariff 2, subunit 2 = 350000 Wh",
      "energy, tariff 1, subunit 3 = 402370 Wh",
      "energy, tariff 2, subunit 3 = 450000 Wh",
      "power, storage 2, subunit 1 = 224 W",
      "power, storage 4, subunit 1 = 0 W",
      "power, storage 6, subunit 1 = 0 W",
      "power, storage 8, subunit 1 = 202 W",
    ],
  },
  {
    name: "Kamstrup 382 electricity meter with manufacturer data",
    source: `${libmbus}: kamstrup_382_005`,
    bytes:
      bytesFromHex(`68 46 46 68 08 78 72 20 91 83 14 2D 2C 01 02 04 00 00 00 04 06 00 00 00 00 04 22 09 00 00 00 04 2B 00 00 00 00
      14 2B 00 00 00 00 84 50 06 00 00 00 00 84 60 06 00 00 00 00 0F 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 10 24 16`),
    records: [
      "energy = 0 Wh",
      "on time = 9 h",
      "power = 0 W",
      "power, maximum = 0 W",
      "energy, tariff 1, subunit 1 = 0 Wh",
      "energy, tariff 2, subunit 1 = 0 Wh",
    ],
  },
  {
    name: "NZR electricity meter: 64-bit registers scaled by a VIFE, text as fabrication number",
    source: "dev-lab/tmbus issue 4, where the factor of the VIFE was left out",
    bytes:
      bytesFromHex(`68 78 78 68 08 00 72 09 70 26 18 52 3B 0E 02 3E 00 00 00 07 80 75 2D 5B D4 1A 1A 00 00 00 87 40 80 75 00 00 00
      00 00 00 00 00 87 10 80 75 64 43 9E 1A 1A 00 00 00 87 50 80 75 00 00 00 00 00 00 00 00 87 20 80 75 C9 17 36 00 00 00 00 00
      87 60 80 75 00 00 00 00 00 00 00 00 C7 00 29 F6 52 00 00 00 00 00 00 0D 78 0E 36 36 36 32 38 39 30 36 31 31 59 53 45 31 03
      FD 17 80 00 01 45 16`),
    records: [
      "energy = 11211927.4285 Wh",
      "energy, subunit 1 = 0.0000 Wh",
      "energy, tariff 1 = 11211572.9252 Wh",
      "energy, tariff 1, subunit 1 = 0.0000 Wh",
      "energy, tariff 2 = 354.5033 Wh",
      "energy, tariff 2, subunit 1 = 0.0000 Wh",
      "power, storage 1 = 212.38 W",
      "fabrication number = text 1ESY1160982666",
      "error flags = 65664",
    ],
  },
  {
    name: "AMT Calec heat meter: floats, and FFFF where the configuration field belongs",
    source: `${libmbus}: amt_calec_mb`,
    bytes:
      bytesFromHex(`68 38 38 68 08 C8 72 09 31 54 03 B4 05 B0 04 C9 10 FF FF 03 22 9A 00 00 05 2E A0 C8 51 46 05 3E B4 E3 D7 42 05 5B
      90 D3 07 43 05 5F 0E AA E7 41 05 63 9C BC D5 42 04 6D 10 09 05 C5 77 16`),
    records: [
      "on time = 154 h",
      "power = 13426156 W",
      "volume flow = 107.94473 m³/h",
      "flow temperature = 135.82642 °C",
      "return temperature = 28.958035 °C",
      "temperature difference = 106.86838 K",
      "date and time = 1996-05-05T09:16",
    ],
  },
  {
    name: "Sensus PolluTherm heat meter: VIF 7B without its extension bit",
    source: `${libmbus}: sen_pollutherm`,
    bytes:
      bytesFromHex(`68 42 42 68 08 08 72 76 00 05 21 18 4E 31 04 51 00 00 00 0C 07 64 08 00 00 0C 14 92 98 79 00 0C 7B 02 03 00 00 0C
      2C 58 54 00 00 0A 5A 55 07 0A 5E 94 05 0B 60 76 60 01 0C 78 76 00 05 21 0C FD 10 76 00 05 21 1F B3 16`),
    records: [
      "energy = 8640000 Wh",
      "volume = 7998.92 m³",
      "reserved VIF 7B = 302, problem",
      "power = 54580 W",
      "flow temperature = 75.5 °C",
      "return temperature = 59.4 °C",
      "temperature difference = 16.076 K",
      "fabrication number = text 21050076",
      "customer location = text 21050076",
    ],
  },
  {
    name: "Siemens WFH21 water meter: a date that is none, text, manufacturer data",
    source: `${libmbus}: siemens_wfh21`,
    bytes:
      bytesFromHex(`68 5E 5E 68 08 05 72 91 64 00 08 65 32 99 06 DA 00 00 00 0C 13 00 00 00 00 0B 22 86 40 04 04 6D 24 0A 61 1C 32 6C
      00 00 0C 78 91 64 00 08 06 FD 0C 0A 00 01 00 FA 01 0D FD 0B 05 31 32 48 46 57 01 FD 0E 00 4C 13 00 00 00 00 42 6C 5F 1C 0F
      37 FD 17 00 00 00 00 00 00 00 00 02 7A 25 00 02 78 25 00 82 16`),
    records: [
      "volume = 0.000 m³",
      "on time = 44086 h",
      "date and time = 2011-12-01T10:36",
      "date, error state = no date",
      "fabrication number = text 08006491",
      "model = 2173253517322",
      "parameter set = text WFH21",
      "firmware version = 0",
      "volume, storage 1 = 0.000 m³",
      "date, storage 1 = 2010-12-31",
    ],
  },
  {
    name: "Landis+Gyr G350 gas meter: type I, text, fillers before the records",
    source: `${libmbus}: LGB_G350`,
    bytes:
      bytesFromHex(`68 40 40 68 08 01 72 58 20 08 12 E2 30 40 03 40 00 00 00 2F 2F 4C 13 92 40 83 10 46 6D 00 00 08 16 27 00 0D 78 11
      34 31 38 35 30 32 38 30 32 31 39 35 37 31 30 30 47 89 40 FD 1A 01 01 FD 17 00 01 FD 67 0F 38 16`),
    records: [
      "volume, storage 1 = 10834.092 m³",
      "date and time, storage 1 = 2016-07-22T08:00:00",
      "fabrication number = text G0017591208205814",
      "digital output, subunit 1 = 1",
      "error flags = 0",
      "special supplier information = bytes 0F",
    ],
  },
  {
    name: "a record with more than ten VIFE",
    source: `${libmbus}: too_many_vife`,
    bytes:
      bytesFromHex(`68 2A 2A 68 08 02 72 78 56 34 12 24 40 01 07 55 00 00 00 03 13 15 31 00 DA 02 3B 13 01 8B 60 84 84 84 84 84 84 84
      84 84 84 84 04 37 18 02 C4 16`),
    records: [
      "volume = 12.565 m³",
      "volume flow, maximum, storage 5 = 0.113 m³/h",
      "energy, tariff 2, subunit 1 = no value, problem",
    ],
  },
  {
    name: "Finder electricity meter: phases by VIFE of the manufacturer",
    source: `${libmbus}: FIN-Finder-7E.23.8.230.0020`,
    bytes:
      bytesFromHex(`68 38 38 68 08 19 72 07 62 00 23 2E 19 23 02 92 00 00 00 8C 10 04 68 28 17 00 8C 11 04 68 28 17 00 02 FD C9 FF 01
      E6 00 02 FD DB FF 01 06 00 02 AC FF 01 09 00 82 40 AC FF 01 FD FF 5B 16`),
    records: [
      "energy, tariff 1 = 1728680 Wh",
      "energy, storage 2, tariff 1 = 1728680 Wh",
      "voltage, manufacturer VIFE 01 = 230 V",
      "current, manufacturer VIFE 01 = 0.6 A",
      "power, manufacturer VIFE 01 = 90 W",
      "power, subunit 1, manufacturer VIFE 01 = -30 W",
    ],
  },
  {
    name: "Carlo Gavazzi EM111: exponents in VIFE behind FB and FD; 48 W, 41.4 var and 63.3 VA close the triangle",
    source: "dev-lab/tmbus issue 6",
    bytes:
      bytesFromHex(`68 4D 4D 68 08 00 72 64 30 04 50 36 1C C4 02 66 00 00 00 04 05 03 00 00 00 04 FB 82 75 00 00 00 00 04 2A E0 01 00
      00 04 FB 97 72 62 FE FF FF 04 FB B7 72 79 02 00 00 04 FD 59 0C 01 00 00 04 FD 48 39 09 00 00 02 FD BA 73 F6 02 02 FB 2E F4
      01 1F 4F 16`),
    records: [
      "energy = 300 Wh",
      "reactive energy = 0.0 kvarh",
      "power = 48.0 W",
      "reactive power = -0.0414 kvar",
      "apparent power = 0.0633 kVA",
      "current = 0.268 A",
      "voltage = 236.1 V",
      "dimensionless value = 0.758",
      "frequency = 50.0 Hz",
    ],
  },
  {
    name: "Landis+Gyr T230 heat meter: negative BCD, times of maxima, dates that are none",
    source: `${libmbus}: landis+gyr_ultraheat_t230`,
    bytes:
      bytesFromHex(`68 E2 E2 68 08 00 72 05 02 66 66 A7 32 07 04 01 10 00 00 09 74 04 09 70 08 0C 06 00 00 00 00 0C 14 00 00 00 00 0B
      2D 00 00 00 0B 3B 00 00 00 0B 5A 95 01 00 0B 5E 97 01 00 0B 62 02 00 F0 0C 78 05 02 66 66 89 10 71 07 3C 22 69 37 00 00 0C
      22 69 37 00 00 0C 26 00 00 00 00 8C 90 10 06 00 00 00 00 9B 10 2D 00 00 00 9B 10 3B 00 00 00 9B 10 5A 07 03 00 9B 10 5E 07
      05 00 94 10 AD 6F 00 00 00 00 94 10 BB 6F 00 00 00 00 94 10 DA 6F 32 14 7A 18 94 10 DE 6F 2B 0B 69 18 4C 06 00 00 00 00 4C
      14 00 00 00 00 7C 22 69 34 00 00 4C 26 00 00 00 00 CC 90 10 06 00 00 00 00 DB 10 2D 00 00 00 DB 10 3B 00 00 00 DB 10 5A 07
      03 00 DB 10 5E 07 05 00 84 8F 0F 6D 00 00 E1 F1 04 6D 04 0C 8D 11 0F 09 07 00 66 01 7D 16`),
    records: [
      "actuality duration = 4 s",
      "averaging duration = 8 s",
      "energy = 0 Wh",
      "volume = 0.00 m³",
      "power = 0 W",
      "volume flow = 0.000 m³/h",
      "flow temperature = 19.5 °C",
      "return temperature = 19.7 °C",
      "temperature difference = -0.2 K",
      "fabrication number = text 66660205",
      "averaging duration, tariff 1 = 7 min",
      "on time, error state = 3769 h",
      "on time = 3769 h",
      "operating time = 0 h",
      "energy, tariff 5 = 0 Wh",
      "power, maximum, tariff 1 = 0 W",
      "volume flow, maximum, tariff 1 = 0.000 m³/h",
      "flow temperature, maximum, tariff 1 = 30.7 °C",
      "return temperature, maximum, tariff 1 = 50.7 °C",
      "end of the last power, maximum, tariff 1 = no date",
      "end of the last volume flow, maximum, tariff 1 = no date",
      "end of the last flow temperature, maximum, tariff 1 = 2011-08-26T20:50",
      "end of the last return temperature, maximum, tariff 1 = 2011-08-09T11:43",
      "energy, storage 1 = 0 Wh",
      "volume, storage 1 = 0.00 m³",
      "on time, error state, storage 1 = 3469 h",
      "operating time, storage 1 = 0 h",
      "energy, storage 1, tariff 5 = 0 Wh",
      "power, maximum, storage 1, tariff 1 = 0 W",
      "volume flow, maximum, storage 1, tariff 1 = 0.000 m³/h",
      "flow temperature, maximum, storage 1, tariff 1 = 30.7 °C",
      "return temperature, maximum, storage 1, tariff 1 = 50.7 °C",
      "date and time, storage 510 = no date",
      "date and time = 2012-01-13T12:04",
    ],
  },
];

const omsKey = bytesFromHex("000102030405060708090A0B0C0D0E0F");
/** All three examples of a gas meter tell the same. */
const omsGasMeter = ["volume = 28504.27 m³", "date and time = 2008-05-31T23:50", "error flags = 0"];

export const wirelessTelegrams: readonly PublishedTelegram[] = [
  {
    name: "gas meter, security profile A (mode 5)",
    source: oms,
    bytes: bytesFromHex(
      "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3".replace(
        /\s/g,
        "",
      ),
    ),
    key: bytesFromHex("0102030405060708090A0B0C0D0E0F11"),
    records: omsGasMeter,
  },
  {
    name: "gas meter, security profile B (mode 7 with CMAC)",
    source: oms,
    bytes: bytesFromHex(
      "434493157856341233038C2075900F002C25B30A000021924D4F2FB66E017A75002007109058475F4BC91DF878B80A1B0F98B629024AAC727942BFC549233C0140829B93",
    ),
    key: omsKey,
    records: omsGasMeter,
  },
  {
    name: "Kamstrup Multical 21, extended link layer with AES-CTR",
    source: `${wmbusmeters}/simulation_aes.msg, key in tests/test_aes.sh`,
    bytes: bytesFromHex("2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24"),
    key: bytesFromHex("28F64A24988064A079AA2C807D6102AE"),
    records: [
      "manufacturer specific, manufacturer VIFE 20 = 113",
      "volume = 6.408 m³",
      "volume, storage 1 = 6.408 m³",
      "flow temperature, minimum, storage 1 = 127 °C",
      "external temperature, minimum, storage 1 = 19 °C",
    ],
  },
  {
    name: "Zenner Minomess, mode 5 with long header, inverse compact profile",
    source: "exmbus, regression test for inverse compact profiles",
    bytes:
      bytesFromHex(`6644496A3100015514377203926314496A00075000500598A78E0D71AA6358EEBD0B20BFDF99EDA2D22FA25314F3F1B84470898E49530392
      3770BA8DDA97C964F0EA6CE24F5650C0A6CDF3DE37DE33FBFBEBACE4009BB0D8EBA2CBE80433FF131328206020B1BF`),
    key: bytesFromHex("F8B24F12F9D113F680BEE765FDE67EC0"),
    records: [
      "volume = 67.329 m³",
      "date = 2020-01-20",
      "date, storage 8 = 2020-01-01",
      "volume, storage 8 = 64.475 m³",
      `volume, storage 8 = profile every 1 month: 2019-12-01 60.063, 2019-11-01 55.912, 2019-10-01 52.342, 2019-09-01 48.965,
        2019-08-01 43.990, 2019-07-01 40.374, 2019-06-01 34.701, 2019-05-01 29.110, 2019-04-01 23.315, 2019-03-01 17.584,
        2019-02-01 13.356, 2019-01-01 8.638, 2018-12-01 4.677, 2018-11-01 0.421 m³`.replace(/\s+/g, " "),
      "error flags = 0",
    ],
  },
  {
    name: "Apator electricity meter, deciphered by a gateway, configuration field as sent: phases, BCD of 12 digits, type I",
    source: `${wmbusmeters}/simulation_t1.txt`,
    bytes:
      bytesFromHex(`5E44B6105843250000027A2A0050052F2F0C7835221400066D404708AC2A400E032022650900000E833C0000000000001B2B9647000B2B55
      10000BAB3C0000000AFDC9FC0135020AFDC9FC0245020AFDC9FC0339020BABC8FC100000002F2F`),
    records: [
      "fabrication number = text 00142235",
      "date and time = 2021-10-12T08:07:00",
      "energy = 9652220 Wh",
      "energy, negative contributions only = 0 Wh",
      "power, maximum = 4796 W",
      "power = 1055 W",
      "power, negative contributions only = 0 W",
      "voltage, at phase L1 = 235 V",
      "voltage, at phase L2 = 245 V",
      "voltage, at phase L3 = 239 V",
      "power, upper limit, absolute value of both directions = 0 W",
    ],
  },
  {
    name: "Diehl Hydrus water meter: customer as text, remaining battery life",
    source: `${wmbusmeters}/simulation_t1.txt`,
    bytes:
      bytesFromHex(`3E44A5116565656570067AFB0030052F2F0C13503400000DFD110A383731303134423032410B3B00000002FD74DC15C4016D3B178D29CC01
      13313400002F2F`),
    records: [
      "volume = 3.450 m³",
      "customer = text A20B410178",
      "volume flow = 0.000 m³/h",
      "remaining battery life = 5596 d",
      "date and time, storage 3 = 2020-09-13T23:59",
      "volume, storage 3 = 3.431 m³",
    ],
  },
  {
    name: "heat cost allocator, first 16 bytes of its records enciphered alone",
    source: "OMS specification volume 2, example of a partial encrypted telegram",
    bytes: bytesFromHex(
      "2D449344443322115537 7288776655934455080004100500DFE2A782146D1513581CD2F83F39040CFD1078563412",
    ),
    key: omsKey,
    records: [
      "heat cost allocation = 1234 HCA units",
      "date, storage 1 = 2007-04-30",
      "heat cost allocation, storage 1 = 23456 HCA units",
      "customer location = text 12345678",
    ],
  },
];
