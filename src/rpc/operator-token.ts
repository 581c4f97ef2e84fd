/**
 * What an operator's token looks like: one word of at least 32 visible characters.
 *
 * Security: whoever gives another file by mistake, such as that of a key, must hear of it before anything is sent, and
 * without it being shown.
 */
const TOKEN = /^[\x21-\x2b\x2d-\x7e]{32,}$/;
/** As key files begin. */
const KEY = /^blindsum-[a-z]+-v\d+:/;

export const isOperatorToken = (text: string): boolean => TOKEN.test(text) && !KEY.test(text);
