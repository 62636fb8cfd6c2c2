/**
 * Why a run failed: stable codes, a sentence a person understands, and what to do about it. The portal, the API and the
 * metrics all read this table.
 */
export interface Cause {
  readonly sentence: string;
  readonly advice: string;
  /** Whether the same run may succeed later without anybody changing anything. */
  readonly retry: boolean;
}

export const causes = {
  // before the meter is called
  no_driver: {
    sentence: "No driver for this execution type is part of this release.",
    advice: "Choose an execution type that this release can run, or deactivate the task.",
    retry: false,
  },
  invalid_call: {
    sentence: "The task's call or its arguments are not valid for its execution type.",
    advice: "Correct task_call and task_kwargs as the detail says.",
    retry: false,
  },
  no_network_interface: {
    sentence: "The meter has no network interface.",
    advice: "Give the meter a network interface with an address and a port.",
    retry: false,
  },
  no_address: {
    sentence: "The meter's network interface has no address or no port.",
    advice: "Set the FQDN, the static IP address or a SIM with an IP address, and the port.",
    retry: false,
  },
  not_connected: {
    sentence: "The meter dials in and is not connected, and its network interface has no address to call it by.",
    advice:
      "Nothing, when it connects only at times: its runs begin as soon as it does. Else look for it among the unknown pushers, and check the address and port it dials, its power and its coverage.",
    retry: true,
  },
  settings_invalid: {
    sentence: "The meter's settings cannot be used to call it.",
    advice: "Correct the settings of the meter or its type (dlms_settings, mbus_settings, …), as the detail says.",
    retry: false,
  },
  key_missing: {
    sentence: "A key or secret that the meter's settings need is not registered.",
    advice: "Register the meter's security keys, or choose settings that need none.",
    retry: false,
  },
  counter_exhausted: {
    sentence: "The invocation counter of the meter's key is used up.",
    advice: "Transfer a new key to the meter.",
    retry: false,
  },

  // the line
  host_unknown: {
    sentence: "The name of the meter's host could not be resolved.",
    advice: "Check the FQDN of the network interface and the name server.",
    retry: true,
  },
  unreachable: {
    sentence: "There is no route to the meter's host.",
    advice: "Check the address, the VPN and the operator's network.",
    retry: true,
  },
  connect_refused: {
    sentence: "The meter's host refused the connection: nothing listens on that port.",
    advice: "Check address and port; a meter that serves one client at a time refuses a second one.",
    retry: true,
  },
  connect_timeout: {
    sentence: "The meter's host did not answer the connection attempt.",
    advice: "Check whether the meter has power and coverage, and whether a firewall drops the call.",
    retry: true,
  },
  connection_reset: {
    sentence: "The connection was reset by the meter's side.",
    advice: "A modem that restarts or a second client does this. Look at the meter when it stays so.",
    retry: true,
  },
  connection_closed: {
    sentence: "The meter's side closed the connection before the work was done.",
    advice:
      "Some meters close when a counter, a key or an address is not to their liking: check these when it stays so.",
    retry: true,
  },
  no_answer: {
    sentence: "The connection stands, but the meter does not answer.",
    advice:
      "Check the addresses in the meter's settings and the framing; a meter busy with its own display or push may answer later.",
    retry: true,
  },
  deadline_exceeded: {
    sentence: "The session took longer than it may.",
    advice: "The line is too slow for what was asked: ask for a shorter range or less often.",
    retry: true,
  },
  too_much_data: {
    sentence: "The meter sent more than the limit.",
    advice: "Ask for a shorter range; a meter that never ends its answers needs service.",
    retry: true,
  },

  // what the meter says
  garbage: {
    sentence: "The bytes from the meter are not its protocol.",
    advice: "Check the framing in the meter's settings and that this port belongs to the meter.",
    retry: true,
  },
  truncated_answer: {
    sentence: "The meter's answer ends too early.",
    advice: "Lower max_pdu_size in the meter's settings when it stays so: some meters cut long answers.",
    retry: true,
  },
  invalid_answer: {
    sentence: "The meter's answer does not follow the protocol.",
    advice: "Take a protocol trace and compare it with the meter's profile: it may need a setting of its own.",
    retry: true,
  },
  address_mismatch: {
    sentence: "The answer comes from another address than the one that was called.",
    advice: "Check client_sap, server_sap and the HDLC addresses; they may be swapped.",
    retry: false,
  },
  secondary_address_missing: {
    sentence: "No meter behind the gateway has the secondary address in the settings.",
    advice:
      "Run the call search: it lists the meters that answer. A replaced meter has a new number: correct secondary_address in mbus_settings. If none answers, look at the gateway's bus.",
    retry: true,
  },
  bus_disturbed: {
    sentence: "What came from the bus is no answer of this meter: noise, or several meters at once.",
    advice:
      "Run the call search: it shows meters that share an address; give one of them another by set_primary_address. Else check baud, wiring and the gateway's latency.",
    retry: true,
  },
  association_rejected: {
    sentence: "The meter rejected the association.",
    advice: "The detail holds the meter's diagnostic: check client_sap, authentication and application context.",
    retry: false,
  },
  authentication_failed: {
    sentence: "The meter rejected the password or the proof of the key.",
    advice: "Check the registered secret or keys. Nothing is tried again by itself, so that the meter does not lock.",
    retry: false,
  },
  meter_not_authentic: {
    sentence: "The meter could not prove that it holds the key.",
    advice: "The wrong keys are registered, or something else answers in the meter's place.",
    retry: false,
  },
  wrong_key: {
    sentence: "The registered keys are not the meter's: what one side protects, the other cannot open.",
    advice: "Check the encryption and authentication key and the system title; another key may have been transferred.",
    retry: false,
  },
  counter_replayed: {
    sentence: "The meter's answer carries an invocation counter that was used before.",
    advice: "An old answer was repeated: by a faulty meter, or by somebody who recorded it.",
    retry: true,
  },
  counter_refused: {
    sentence: "The meter refused our invocation counter.",
    advice:
      "Another client used the key. Set invocation_counter_object, so that the counter is read from the meter first.",
    retry: true,
  },
  security_not_met: {
    sentence: "The meter's answer is less protected than the settings demand.",
    advice: "Check ciphering and suite in the meter's settings against its security policy.",
    retry: false,
  },
  meter_busy: {
    sentence: "The meter says that it cannot serve now.",
    advice: "It is tried again. A former session that did not end cleanly blocks some meters for minutes.",
    retry: true,
  },
  readout_too_early: {
    sentence: "The meter may not be read again so soon.",
    advice:
      "Meters on battery limit their readouts: read less often than minimum_interval_seconds, or choose a short telegram by reset_subcode.",
    retry: false,
  },
  access_refused: {
    sentence: "The meter refused access to an object.",
    advice: "The detail names the object: check the rights of the client, or take the object out of the task.",
    retry: false,
  },
  object_missing: {
    sentence: "The meter does not have an object or register that was asked for.",
    advice:
      "The detail names it; what else was read is stored. Leave it out of the task's arguments, or correct it: read_object_list shows the objects of a DLMS meter; a Modbus meter may need another map or registers of its own.",
    retry: false,
  },
  request_refused: {
    sentence: "The meter refused a request.",
    advice: "The detail holds the object and the meter's reason.",
    retry: true,
  },
  clock_not_set: {
    sentence: "The meter's clock could not be set.",
    advice:
      "The detail holds the meter's answer or the remaining drift; the client may lack the right to set the clock.",
    retry: false,
  },

  // commands
  meter_inactive: {
    sentence: "The meter is out of use: it is not read and takes no commands.",
    advice: "Set its activation status to 1 when it is in use again.",
    retry: false,
  },
  organization_inactive: {
    sentence: "The organization is not active: its meters are not read and take no commands.",
    advice: "Activate the organization, then give the command again.",
    retry: false,
  },
  command_unsupported: {
    sentence: "The meter cannot be asked for this command.",
    advice:
      "The detail says what its protocol or model lacks; another model profile in the settings may name the object for it.",
    retry: false,
  },
  command_refused: {
    sentence: "The meter refused the command.",
    advice: "The detail holds the object and the meter's reason: check the rights of the client and the parameters.",
    retry: false,
  },
  command_not_verified: {
    sentence: "The command was sent, but the meter does not show that it was carried out.",
    advice: "The detail says what the meter shows. Look at the meter, then give the command again.",
    retry: false,
  },
  command_cancelled: {
    sentence: "The command was cancelled before the meter was reached.",
    advice: "Nothing: it was not sent.",
    retry: false,
  },
  command_expired: {
    sentence: "The command expired before the meter could be reached.",
    advice: "It was not sent. Find out why the meter is not reached, then give the command again.",
    retry: false,
  },
  command_overtaken: {
    sentence: "The same was asked of the meter later, and was carried out first.",
    advice: "Nothing: to do this one afterwards would undo the later one.",
    retry: false,
  },

  // our side
  not_stored: {
    sentence: "The values were read, but could not be stored.",
    advice: "Look at the stores; the values are read again.",
    retry: true,
  },
  stopped: {
    sentence: "The head-end was stopped while the run was under way.",
    advice: "Nothing: it is taken up again.",
    retry: true,
  },
  internal_error: {
    sentence: "The head-end failed, not the meter.",
    advice: "Report the log's entry of this run.",
    retry: true,
  },
} as const satisfies Record<string, Cause>;

export type CauseCode = keyof typeof causes;

/** The cause of a stored code; one of a later or earlier release is not known here. */
export function causeOf(code: string | null): Cause | undefined {
  return code !== null && Object.hasOwn(causes, code) ? causes[code as CauseCode] : undefined;
}

/** Ends a run, or the whole session, with a cause of the table. `detail` is for people and holds no secret. */
export class RunFailure extends Error {
  override readonly name = "RunFailure";
  readonly code: CauseCode;
  readonly detail: string | undefined;

  constructor(code: CauseCode, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? causes[code].sentence : `${causes[code].sentence} ${detail}`, options);
    this.code = code;
    this.detail = detail?.slice(0, detailLength);
  }
}

/** Turns whatever was thrown into a failure with a cause; what nobody foresaw is ours. */
export function asRunFailure(error: unknown): RunFailure {
  if (error instanceof RunFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new RunFailure("internal_error", message, { cause: error });
}

/** Characters of a detail that are kept. */
const detailLength = 500;
