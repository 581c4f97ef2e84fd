/**
 * What fails again and again until somebody repairs it is told at its 1st, 2nd, 4th, 8th … failure in a row: at once, and
 * then with pauses that grow as long as it has lasted.
 */
export const isWorthTelling = (failures: number): boolean => Number.isInteger(Math.log2(failures));
