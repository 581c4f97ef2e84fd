/** JSON as it should be read from a file somebody else wrote: valid UTF-8, and no key twice in an object. */
import { quoted, unreadable } from './vector.js';

/** @param offset where these bytes begin in the file, for messages. @throws VectorFileError */
export function parseJson(bytes: Uint8Array, offset = 0): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(`the JSON from byte ${offset} on is not UTF-8`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const beyond = notFinite(text);
    if (beyond !== undefined)
      throw unreadable(`the JSON from byte ${offset} on has ${beyond}: it is no number that can be summed`);
    throw unreadable(`the JSON from byte ${offset} on is not valid${where(cause)}`);
  }
  const key = duplicateKey(text);
  if (key !== undefined)
    throw unreadable(`the JSON from byte ${offset} on has the key ${quoted(key)} twice in one object`);
  return value;
}

/** The parser's own words quote the file's content; only the place is passed on. */
function where(cause: unknown): string {
  const position = /at position \d+/.exec(String(cause))?.[0];
  return position === undefined ? '' : ` (${position})`;
}

/** As Python and others write what JSON cannot hold; quoted texts are passed over. */
function notFinite(text: string): string | undefined {
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|\b(NaN|Infinity)\b/g))
    if (match[1] !== undefined) return `${match[1]} at position ${match.index}`;
  return undefined;
}

/** The first key that appears twice in the same object of a valid JSON text. */
function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '}') open.pop();
    else if (character === '"') {
      const start = at;
      for (at += 1; text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
      if (!/^\s*:/.test(text.slice(at + 1, at + 40))) continue;
      const key = JSON.parse(text.slice(start, at + 1)) as string;
      const keys = open.at(-1);
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
