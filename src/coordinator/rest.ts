/**
 * Looking at a session takes as long as there are participants, and each of their messages is a reason to look again. So
 * much time between two looks makes looking a small part of what a node does, however many they are.
 */
const LOOKED_AT_PER_MS = 100;

/** In real time. Of fewer than a hundred there is nothing to rest from. */
export async function restFrom(participants: number): Promise<void> {
  const ms = Math.floor(participants / LOOKED_AT_PER_MS);
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
