/** What this process takes from the machine. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Usage } from './messages.js';

const RESOLUTION_MS = 5;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();

export function usageNow(): Usage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const stallMs = Math.max(0, delays.max / 1e6 - RESOLUTION_MS);
  delays.reset();
  return {
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: ownPeakBytes() ?? maxRSS * 1024,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    stallMs,
  };
}

/** Where Linux says it: the count of `resourceUsage` begins with what the process had that started this one. */
function ownPeakBytes(): number | null {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}
