// Exit code 0 when the coordinator in this container is ready. The port is that of BLINDSUM_SERVE_METRICS_LISTEN.
/* global fetch */
const port = (process.env.BLINDSUM_SERVE_METRICS_LISTEN ?? ':9464').split(':').at(-1);
try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`);
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
