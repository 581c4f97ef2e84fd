/** What somebody may have meant: the known word that differs least from the one they wrote. */

/** @returns null when nothing is near */
export function nearest(word: string, known: readonly string[]): string | null {
  const distances = known.map((other) => ({
    other,
    distance: distance(word.toLowerCase(), other.toLowerCase()),
  }));
  const best = distances.sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 4)) ? best.other : null;
}

/** Insertions, deletions and replacements of one character (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
