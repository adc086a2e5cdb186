/** What a scrape of the service shows, as a client over HTTP sees it. */

/** One scrape. */
export interface Scrape {
  /** Requests that the metrics counted, over all workers, dead ones included. */
  readonly counted: number;
  /** Size of the exposition in bytes. */
  readonly bytes: number;
  /** Time from the request to the last byte, in milliseconds. */
  readonly ms: number;
}

/** Scrapes the service. Asks again when the worker that was to answer has just been killed. */
export async function scrape(port: number): Promise<Scrape> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await scrapeOnce(port);
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

async function scrapeOnce(port: number): Promise<Scrape> {
  const began = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  const ms = performance.now() - began;
  let counted = 0;
  for (const [, value] of text.matchAll(/^demo_requests_total\{.*\} (\S+)$/gm)) {
    counted += Number(value);
  }
  return { counted, bytes: Buffer.byteLength(text), ms };
}
