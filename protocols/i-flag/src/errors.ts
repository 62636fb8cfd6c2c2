/**
 * Everything this package throws beside the errors common to all protocols. An entry says what is wrong and what to do;
 * `{name}` is filled from the error's details.
 */
import { errorsOf } from "@anymeter/sans-io";

export const iFlagErrors = {
  // values and names
  date_invalid: {
    fault: "caller",
    message:
      '"{text}" is no time of a Corus. Write it like 2026-03-01T06:00:00, from 2000 to 2063 and without an offset.',
  },
  parameter_unknown: {
    fault: "caller",
    message: 'The parameter map {map} has no "{name}". It has: {known}.',
  },
  parameter_map_unknown: {
    fault: "caller",
    message:
      'The converter reports the parameter map "{map}", which is none of {known}. If its parameters are those of one of them, name that map in the settings.',
  },
  parameter_map_missing: {
    fault: "damaged",
    message: "The converter reports no parameter map (parameter 94 is empty). Name its map in the settings: {known}.",
  },
  parameter_id_invalid: {
    fault: "caller",
    message: "{id} is no parameter id; ids are whole numbers from 0 to 4095.",
  },
  database_unknown: { fault: "caller", message: '"{name}" is no database. There are: {known}.' },

  // frames
  checksum_wrong: {
    fault: "damaged",
    message: "The checksum of the {what} is {found}, not {expected}: bytes were changed on the line.",
  },
  frame_end_missing: {
    fault: "damaged",
    message: "{found} stands where the ETX (0x03) of the {what} belongs; its length byte or a byte before was changed.",
  },
  telegram_unknown: {
    fault: "damaged",
    message: "{found} begins no telegram of this protocol. A frame begins with SOH (0x01), a sign-on with a slash.",
  },
  request_invalid: { fault: "damaged", message: "The {what} is not usable: {reason}." },
  junk_too_long: {
    fault: "damaged",
    message: "{limit} bytes came that are no answer to the {request}. The peer may speak another protocol or speed.",
  },

  answer_unexpected: { fault: "damaged", message: "The converter answered the {request} with {found}." },

  // sign-on
  identification_invalid: {
    fault: "damaged",
    message: '"{text}" is no identification: a slash, three letters, the baud character and a name.',
  },
  password_refused: {
    fault: "security",
    message: "The converter answered the password exchange with NAK. Wait until it sleeps (5 s) and sign on anew.",
  },

  // parameters and databases
  parameters_refused: {
    fault: "refused",
    message:
      "The converter refused (NAK) to {action} {what}. It has no such parameter, or protects it: check the parameter map of its firmware.",
  },
  answer_length_wrong: {
    fault: "damaged",
    message:
      "The answer has {found} bytes of values instead of {expected} for {what}. The parameter map may be that of another firmware.",
  },
  pulse_weight_missing: {
    fault: "damaged",
    message:
      "The converter reports no pulse weight (parameter 1). Its records can be read in pulses, or with a weight given.",
  },
  database_refused: {
    fault: "refused",
    message: "The converter refused (NAK) to read the database {database} with the mask {mask}. It may not have it.",
  },
  frame_out_of_order: {
    fault: "damaged",
    message:
      "Frame {found} of the database came where frame {expected} belongs, {times} times. Read the database anew.",
  },
  database_frame_invalid: { fault: "damaged", message: "Frame {frame} of the database is not usable: {reason}." },
  database_too_long: {
    fault: "damaged",
    message: "The database is longer than the limit of {limit} bytes. Read a shorter time.",
  },
  records_cut_short: {
    fault: "damaged",
    message: "The records end {count} bytes into the last one, which has {length}. Read the database anew.",
  },
  layout_unknown: {
    fault: "caller",
    message:
      "Records of {length} bytes in the database {database} are of no known layout. Known lengths: {known}. The firmware is newer or older than the tables; its records can be read as bytes.",
  },
  record_length_wrong: {
    fault: "caller",
    message: "A record of the layout {layout} has {expected} bytes; {found} were given.",
  },
} as const;

export const iFlagError = errorsOf(iFlagErrors);
