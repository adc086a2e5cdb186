/** What a server that has nothing but metrics answers, path by path. */

import {
  type Answer,
  answerMethod,
  answerScrape,
  refuseStranger,
  type ScrapeRequest,
  toSentence,
  withoutBody,
} from '../exchange.ts';
import type { ScrapeService } from '../scrape-service.ts';
import { HEALTH_PATH } from './server-options.ts';

/**
 * Answers a request by its path: the metrics, a page at `/` that leads there, `/-/healthy` for
 * load balancers, and status 404 for all others.
 *
 * A credential, where one is asked for, is asked for everywhere but at `/-/healthy`, so that a
 * stranger does not learn which paths there are.
 */
export async function answerPath(
  request: ScrapeRequest,
  path: string,
  service: ScrapeService,
): Promise<Answer> {
  const asked = pathOf(request.url);
  if (asked === path) return await answerScrape(request, service);
  const healthy = asked === HEALTH_PATH;
  const refusal = healthy ? undefined : await refuseStranger(request, service);
  if (refusal !== undefined) return refusal;
  if (!healthy && asked !== '/') {
    return withoutBody(request, toSentence(404, `Nothing is here. The metrics are at ${path}.`));
  }
  const answer = healthy ? toSentence(200, 'Healthy.') : toPage(path);
  return answerMethod(request) ?? withoutBody(request, answer);
}

/** The path of a target, which a proxy may send with scheme and host before it. */
function pathOf(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^[a-z]+:\/\/[^/]*/i, '') || '/';
}

function toPage(path: string): Answer {
  return toSentence(
    200,
    `<!doctype html><html lang="en"><title>Metrics</title><a href="${path}">Metrics</a></html>`,
    { 'Content-Type': 'text/html; charset=utf-8' },
  );
}
