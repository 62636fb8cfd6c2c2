/** Published bytes of real meters, with their sources: the judges that share no code with this package. */

/**
 * The examples of chapter 4.2.9 in the manual of the LEM EM4TII+ (05 November 2020), with the check characters printed there.
 * Control characters are written as the manual's names.
 */
export const emh = {
  request: "/?!<CR><LF>",
  identification: "/EMH5\\@D4EM4TIIW001--<CR><LF>",
  readoutSelect: "<ACK>050<CR><LF>",
  programmingSelect: "<ACK>051<CR><LF>",
  readout:
    "<STX>1-0:1.8.0*255(000000000.0*kWh)<CR><LF>1-0:2.8.0*255(000000000.0*kWh)<CR><LF>" +
    "1-0:3.8.0*255(000000000.0*kvarh)<CR><LF>1-0:4.8.0*255(000000000.0*kvarh)<CR><LF>0-0:F.F.0*255(00000000)<CR><LF>" +
    "1-0:0.0.1*255()<CR><LF>1-0:0.2.0*255(10600000)<CR><LF>1-0:0.9.1*255(140253)<CR><LF>1-0:0.9.2*255(121221)<CR><LF>" +
    "0-0:C.1.0*255(03878504)<CR><LF>0-0:C.72.1*255()<CR><LF>0-0:C.72.2*255()<CR><LF>1-0:0.8.4*255(5*min)<CR><LF>" +
    "1-0:0.3.0*255(6.00*Imp/kWh)<CR><LF>1-0:0.2.1*1(121120??)<CR><LF>1-0:0.2.1*50(121120??)<CR><LF>" +
    "0-0:C.90.2*255(9F139CC2)<CR><LF>1-0:C.1.9*255(Point-ID)<CR><LF>!<CR><LF><ETX>+",
  operand: "<SOH>P0<STX>()<ETX>`",
  password: "<SOH>P1<STX>(00000000)<ETX>a",
  readDate: "<SOH>R5<STX>0.9.2()<ETX>\\",
  date: "<STX>0.9.2(130103)<ETX>9",
  readTime: "<SOH>R5<STX>0.9.1()<ETX>_",
  time: "<STX>0.9.1(101415)<ETX>:",
  writeTime: "<SOH>W5<STX>1-0:0.9.129*255(1301031605000002)(00000000)<ETX>^",
  break: "<SOH>B0<ETX>q",
} as const;

/** A message as manuals print it, as the bytes of the line. */
export function bytesOfPrint(print: string): Uint8Array {
  const text = print.replace(/<(NUL|SOH|STX|ETX|EOT|ACK|LF|CR|NAK)>/g, (_, name: keyof typeof codes) => codes[name]);
  return new TextEncoder().encode(text);
}

const codes = {
  ...{ NUL: "\x00", SOH: "\x01", STX: "\x02", ETX: "\x03", EOT: "\x04" },
  ...{ ACK: "\x06", LF: "\n", CR: "\r", NAK: "\x15" },
} as const;

/** The DSMR 5 telegram that the parsers of several languages are tested with; its checksum is theirs. */
export const dsmr5 = [
  "/ISk5\\2MT382-1000",
  "",
  "1-3:0.2.8(50)",
  "0-0:1.0.0(170102192002W)",
  "0-0:96.1.1(4B384547303034303436333935353037)",
  "1-0:1.8.1(000004.426*kWh)",
  "1-0:1.8.2(000002.399*kWh)",
  "1-0:2.8.1(000002.444*kWh)",
  "1-0:2.8.2(000000.000*kWh)",
  "0-0:96.14.0(0002)",
  "1-0:1.7.0(00.244*kW)",
  "1-0:2.7.0(00.000*kW)",
  "0-0:96.7.21(00013)",
  "0-0:96.7.9(00000)",
  "1-0:99.97.0(0)(0-0:96.7.19)",
  "1-0:32.32.0(00000)",
  "1-0:52.32.0(00000)",
  "1-0:72.32.0(00000)",
  "1-0:32.36.0(00000)",
  "1-0:52.36.0(00000)",
  "1-0:72.36.0(00000)",
  "0-0:96.13.0()",
  "1-0:32.7.0(0230.0*V)",
  "1-0:52.7.0(0230.0*V)",
  "1-0:72.7.0(0229.0*V)",
  "1-0:31.7.0(0.48*A)",
  "1-0:51.7.0(0.44*A)",
  "1-0:71.7.0(0.86*A)",
  "1-0:21.7.0(00.070*kW)",
  "1-0:41.7.0(00.032*kW)",
  "1-0:61.7.0(00.142*kW)",
  "1-0:22.7.0(00.000*kW)",
  "1-0:42.7.0(00.000*kW)",
  "1-0:62.7.0(00.000*kW)",
  "0-1:24.1.0(003)",
  "0-1:96.1.0(3232323241424344313233343536373839)",
  "0-1:24.2.1(170102161005W)(00000.107*m3)",
  "0-2:24.1.0(003)",
  "0-2:96.1.0()",
  "!6EEE",
  "",
].join("\r\n");

/** A DSMR 2.2 telegram as collected from an Iskra MT382: no checksum, the gas value in a line of its own, line feeds alone. */
export const dsmr2 = [
  "/ISk5\\2MT382-1004",
  "",
  "0-0:96.1.1(5A424556303035313838353931393133)",
  "1-0:1.8.1(00897.515*kWh)",
  "1-0:1.8.2(00575.076*kWh)",
  "1-0:1.7.0(0000.70*kW)",
  "0-1:24.1.0(3)",
  "0-1:96.1.0(4730303135353631313038363337323133)",
  "0-1:24.3.0(141222220000)(00)(60)(1)(0-1:24.2.1)(m3)",
  "(00367.857)",
  "0-1:24.4.0(1)",
  "!",
  "",
].join("\n");

/** A ciphered telegram of a Luxembourg meter: the published test vector of the NEXXTLAB go-smarty-reader, with its key. */
export const cipheredSmarty = {
  key: "D491470F47126332B07D1923B3504188",
  authenticationKey: "00112233445566778899AABBCCDDEEFF",
  telegram: `
    db08534147677001bd5482027a300005a8e3806ee6e639274c7bc57095f872b08dde621fb74ee81e5ebe342c93d8e73781fb2a1eb8710074a54fc57aa7d1d992
    36c42e2ec01a0324efc7f02e3ba2fa43196ca603838ab8322dffa83f7e83932e6007406b112b41745f38805646d53fea7a029fa79c36d9d777da8b5a03ed3ec6
    e485dec0c98d7d53c0bd175b228e01f466d9843777808503d630158c8236d868088eb13977bdfc474367e557136feb6d537f18304484a014b49099a63c18d430
    3a4c53853a0ca8c5b0e3e805bfd8425410fab522b35a8f258b57bb1e97e2489b6f37071753affbb4eebca502eea592b88085ae155bcea8f732d6b0115bb9ced7
    6be5b893b2a7efc8163c171e77c3d29a72b7478ed6dfe2c48bf3f9d8f895ca1cb42eaac4cb21d6eab51e77e4d6029d788427dd5bfc46bdd3e8a32dbb6f93b484
    2b073e9b6fe6e5dfc058b5f454aa3ef162bdf93cb1e0c452dbb2be4cb4c67d169e2a30618fa2165441b6d3c22f1c3627e35fffcf9f1947d7a6ae942fc21e246f
    0efc456a7889c961c93ea089eef6d1a44056baaab352cbea7d7e206757af0d427064b058d57235a78f8db91ce4d60a3c6babd99a61169b172f2414f565bde023
    9654eac77552fbcc2a2fa102d7cd003ddbeb9c1f811dbc695376336e2e9d6cfc73fcb4a29446bd7ce3170e5856766b25e82049ee5508ec1816685f1dcec23819
    1216dffba0647d32a1559d99640a15f24ab02172db3d564454e7a0346c099399b8770a9bdaa619c7c5230526d6b80499a0ee0cd4fc46a677af68ef4dee9e76b7
    8ac8a04f431db3986fcfd45ee1f10799af0b794a4103735d6dda3829173f80f138a5301afdf1db8774f0c40e6e71264b334a943fc10552b0752f3a0d7fd80458
    595408f2850f17`,
} as const;
