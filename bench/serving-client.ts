/** The other process of a scrape over HTTP: it asks as Prometheus does and says how many bytes came. */

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

const port = Number(process.argv[2]);

process.on('message', async () => {
  const headers = { 'accept-encoding': 'gzip' };
  const request = get({ host: '127.0.0.1', port, path: '/metrics', headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).length;
  process.send!(bytes);
});
process.send!('ready');
