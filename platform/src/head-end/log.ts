/** The part of a pino logger that the head-end writes to. Fields hold no secret. */
export interface HeadEndLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
