/** The notation of an answer. The document says "JSON or XML" and nothing of how it is chosen: by Accept, here. */
import type { Notation } from "../notations/document.ts";

/**
 * @param accept the header's value
 * @param peerDefault for who accepts both alike, or says nothing of either
 */
export function negotiate(accept: string | undefined, peerDefault: Notation): Notation {
  const quality = { json: 0, xml: 0 };
  for (const range of (accept ?? "").split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const notation = /^(application|text)\/([\w.]+\+)?(json|xml)$/.exec(type)?.[3];
    const q = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1);
    if (notation !== undefined && q > quality[notation as Notation]) quality[notation as Notation] = q;
  }
  if (quality.json === quality.xml) return peerDefault;
  return quality.json > quality.xml ? "json" : "xml";
}
