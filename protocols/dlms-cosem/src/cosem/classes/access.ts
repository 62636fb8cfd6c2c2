/** Classes for associations, addressing, firmware and security (Blue Book, clause 4.4). */
import {
  type AttributeDefinition,
  arrayOf,
  attributes,
  choiceOf,
  enumOf,
  type InterfaceClass,
  methods,
  structureOf,
} from "../interface-class.ts";

const attributeAccess = arrayOf(
  structureOf({
    attribute_id: "integer",
    access_mode: "enum",
    access_selectors: choiceOf("null-data", arrayOf("integer")),
  }),
);
const methodAccess = arrayOf(structureOf({ method_id: "integer", access_mode: choiceOf("boolean", "enum") }));

const objectList = arrayOf(
  structureOf({
    class_id: "long-unsigned",
    version: "unsigned",
    logical_name: "logical-name",
    access_rights: structureOf({ attribute_access: attributeAccess, method_access: methodAccess }),
  }),
);

const associationStatus = enumOf({ 0: "non-associated", 1: "association-pending", 2: "associated" });

const userReference = structureOf({ user_id: "unsigned", user_name: "visible-string" });

const associationAttributes: readonly AttributeDefinition[] = attributes(
  [2, "object_list", objectList],
  [3, "associated_partners_id", structureOf({ client_sap: "integer", server_sap: "long-unsigned" })],
  [4, "application_context_name", choiceOf("octet-string", structureOf({}))],
  [
    5,
    "xdlms_context_info",
    structureOf({
      conformance: "bit-string",
      max_receive_pdu_size: "long-unsigned",
      max_send_pdu_size: "long-unsigned",
      dlms_version_number: "unsigned",
      quality_of_service: "integer",
      cyphering_info: "octet-string",
    }),
  ],
  [6, "authentication_mechanism_name", choiceOf("octet-string", structureOf({}))],
  [7, "secret", "octet-string"],
  [8, "association_status", associationStatus],
  [9, "security_setup_reference", "logical-name", { since: 1 }],
  [10, "user_list", arrayOf(userReference), { since: 2 }],
  [11, "current_user", userReference, { since: 2 }],
);

export const accessClasses: readonly InterfaceClass[] = [
  {
    classId: 15,
    name: "association ln",
    versions: [0, 1, 2, 3],
    attributes: associationAttributes,
    methods: methods(
      [1, "reply_to_hls_authentication", "octet-string"],
      [2, "change_hls_secret", "octet-string"],
      [3, "add_object", "any"],
      [4, "remove_object", "any"],
      [5, "add_user", userReference, { since: 2 }],
      [6, "remove_user", userReference, { since: 2 }],
    ),
  },
  {
    classId: 17,
    name: "sap assignment",
    versions: [0],
    attributes: attributes([
      2,
      "sap_assignment_list",
      arrayOf(structureOf({ sap: "long-unsigned", logical_device_name: "octet-string" })),
    ]),
    methods: methods([
      1,
      "connect_logical_device",
      structureOf({ sap: "long-unsigned", logical_device_name: "octet-string" }),
    ]),
  },
  {
    classId: 18,
    name: "image transfer",
    versions: [0],
    attributes: attributes(
      [2, "image_block_size", "double-long-unsigned"],
      [3, "image_transferred_blocks_status", "bit-string"],
      [4, "image_first_not_transferred_block_number", "double-long-unsigned"],
      [5, "image_transfer_enabled", "boolean"],
      [
        6,
        "image_transfer_status",
        enumOf({
          0: "image transfer not initiated",
          1: "image transfer initiated",
          2: "image verification initiated",
          3: "image verification successful",
          4: "image verification failed",
          5: "image activation initiated",
          6: "image activation successful",
          7: "image activation failed",
        }),
      ],
      [
        7,
        "image_to_activate_info",
        arrayOf(
          structureOf({
            image_size: "double-long-unsigned",
            image_identification: "octet-string",
            image_signature: "octet-string",
          }),
        ),
      ],
    ),
    methods: methods(
      [
        1,
        "image_transfer_initiate",
        structureOf({ image_identifier: "octet-string", image_size: "double-long-unsigned" }),
      ],
      [
        2,
        "image_block_transfer",
        structureOf({ image_block_number: "double-long-unsigned", image_block_value: "octet-string" }),
      ],
      [3, "image_verify", "integer"],
      [4, "image_activate", "integer"],
    ),
  },
  {
    classId: 64,
    name: "security setup",
    versions: [0, 1],
    attributes: attributes(
      [
        2,
        "security_policy",
        enumOf({ 0: "nothing", 1: "authenticated", 2: "encrypted", 3: "authenticated and encrypted" }),
        { until: 0 },
      ],
      // Version 1: bits, 04 request authenticated, 08 encrypted, 10 signed, 20/40/80 the same of the response.
      [2, "security_policy", "enum", { since: 1 }],
      [
        3,
        "security_suite",
        enumOf({ 0: "AES-GCM-128", 1: "AES-GCM-128, ECDSA and ECDH P-256", 2: "AES-GCM-256, ECDSA and ECDH P-384" }),
      ],
      [4, "client_system_title", "octet-string"],
      [5, "server_system_title", "octet-string"],
      [
        6,
        "certificates",
        arrayOf(
          structureOf({
            certificate_entity: enumOf({ 0: "server", 1: "client", 2: "certification authority", 3: "other" }),
            certificate_type: enumOf({ 0: "digital signature", 1: "key agreement", 2: "tls", 3: "other" }),
            serial_number: "octet-string",
            issuer: "octet-string",
            subject: "octet-string",
            subject_alt_name: "octet-string",
          }),
        ),
        { since: 1 },
      ],
    ),
    methods: methods(
      [1, "security_activate", "enum"],
      [
        2,
        "key_transfer",
        arrayOf(
          structureOf({
            key_id: enumOf({
              0: "global unicast encryption key",
              1: "global broadcast encryption key",
              2: "authentication key",
              3: "key encryption key",
            }),
            key_wrapped: "octet-string",
          }),
        ),
      ],
      [3, "key_agreement", arrayOf(structureOf({ key_id: "enum", key_data: "octet-string" })), { since: 1 }],
      [4, "generate_key_pair", "enum", { since: 1 }],
      [5, "generate_certificate_request", "enum", { since: 1 }],
      [6, "import_certificate", "octet-string", { since: 1 }],
      [7, "export_certificate", "any", { since: 1 }],
      [8, "remove_certificate", "any", { since: 1 }],
    ),
  },
];
