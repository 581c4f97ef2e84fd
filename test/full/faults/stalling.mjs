/**
 * Preloaded into a participant (NODE_OPTIONS=--import): it freezes, as with its machine, when half of a request is sent:
 * the one that BLINDSUM_TEST_STALL names by method and number, "PutChunk 2".
 */
import http2 from 'node:http2';
import { setTimeout } from 'node:timers';

const [method, number] = process.env.BLINDSUM_TEST_STALL.split(' ');
const { connect } = http2;
let seen = 0;

function freeze(stream) {
  const { write, end } = stream;
  // Comes with the second half.
  stream.end = () => stream;
  stream.write = (message, done) => {
    const half = message.length / 2;
    return write.call(stream, message.subarray(0, half), () => {
      process.kill(process.pid, 'SIGSTOP');
      setTimeout(() => {
        write.call(stream, message.subarray(half), done);
        end.call(stream);
      }, 100);
    });
  };
}

http2.connect = (...args) => {
  const session = connect(...args);
  const { request } = session;
  session.request = (headers, ...rest) => {
    const stream = request.call(session, headers, ...rest);
    if (headers[':path'].endsWith(`/${method}`) && (seen += 1) === Number(number)) freeze(stream);
    return stream;
  };
  return session;
};
