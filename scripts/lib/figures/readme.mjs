/** The parts of the README that scripts write: each between two comments that name it. */

/** @throws Error when the text has no such part */
export function withPart(text, name, part) {
  const [begin, end] = [`<!-- ${name}: written by scripts/figures -->`, `<!-- end of ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md: no part between '${begin}' and '${end}'`);
  return `${text.slice(0, from + begin.length)}\n${part}\n${text.slice(to)}`;
}
