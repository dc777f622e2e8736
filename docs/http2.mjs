/**
 * Passes an HTTP/1.1 server on over HTTP/2 and TLS, as CloudFront does with the page.
 *
 *     node docs/http2.mjs http://127.0.0.1:8000 key.pem certificate.pem
 *
 * prints the port that it listens on.
 */

import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createSecureServer } from 'node:http2';

const [address, key, cert] = process.argv.slice(2);
const { hostname, port, host } = new URL(address);
/** Headers of a single connection, which HTTP/2 forbids. */
const CONNECTION = ['connection', 'keep-alive', 'transfer-encoding'];

/** @param {import('node:http').IncomingHttpHeaders} headers */
const passedOn = (headers) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':') && !CONNECTION.includes(name)));

const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, outgoing) => {
  const { method, url: path, headers } = incoming;
  const passed = request({ hostname, port, method, path, headers: { ...passedOn(headers), host } }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
    answer.pipe(outgoing);
  });
  incoming.pipe(passed);
});
server.listen(0, '127.0.0.1', () => {
  const bound = server.address();
  if (bound && typeof bound === 'object') console.log(bound.port);
});
