import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/manual-clock.ts';
import { type QueuedScrape, ScrapeQueue } from './scrape-queue.ts';

/** A queue, and scrapes by name: which turns have come, which have been cut off. */
class Crowd {
  readonly clock = new ManualClock();
  readonly turns: string[] = [];
  readonly cuts: string[] = [];
  readonly #queue: ScrapeQueue;

  constructor(maxConcurrentScrapes: number, maxQueuedScrapes: number) {
    this.#queue = new ScrapeQueue({ maxConcurrentScrapes, maxQueuedScrapes }, this.clock);
  }

  /** Lets one in that must find room. */
  enter(name: string): QueuedScrape {
    const scrape = this.tryToEnter(name);
    ok(scrape, `no room for ${name}`);
    return scrape;
  }

  tryToEnter(name: string): QueuedScrape | undefined {
    const scrape = this.#queue.enter(() => this.cuts.push(name));
    scrape?.turn.then((hasTurn) => this.turns.push(hasTurn ? name : `not ${name}`));
    return scrape;
  }

  /** The turns so far. */
  async begun(): Promise<readonly string[]> {
    await Promise.resolve();
    await Promise.resolve();
    return this.turns;
  }
}

describe('ScrapeQueue', () => {
  it('begins as many as there are places, and the others in the order they came', async () => {
    const crowd = new Crowd(2, 10);
    const [a, b] = ['a', 'b', 'c', 'd', 'e'].map((name) => crowd.enter(name));
    deepEqual(await crowd.begun(), ['a', 'b']);
    b!.leave();
    b!.leave();
    deepEqual(await crowd.begun(), ['a', 'b', 'c']);
    a!.leave();
    deepEqual(await crowd.begun(), ['a', 'b', 'c', 'd']);
  });

  it('has no room for more than may run and wait', () => {
    const crowd = new Crowd(1, 2);
    const a = crowd.enter('a');
    const b = crowd.enter('b');
    crowd.enter('c');
    equal(crowd.tryToEnter('d'), undefined);
    a.leave();
    crowd.enter('e');
    equal(crowd.tryToEnter('f'), undefined);
    b.leave();
    crowd.enter('g');
  });

  it('forgets who leaves before its turn, and says so', async () => {
    const crowd = new Crowd(1, 2);
    const a = crowd.enter('a');
    crowd.enter('b').leave();
    crowd.enter('c');
    deepEqual(await crowd.begun(), ['a', 'not b']);
    a.leave();
    deepEqual(await crowd.begun(), ['a', 'not b', 'c']);
  });

  it('lends the place of one that has waited for its client for a second', async () => {
    const crowd = new Crowd(1, 2);
    const slow = crowd.enter('slow');
    slow.stall();
    crowd.enter('next');
    crowd.clock.pass(0.9);
    deepEqual(await crowd.begun(), ['slow']);
    crowd.clock.pass(0.6);
    deepEqual(await crowd.begun(), ['slow', 'next']);
    // It goes on beside the other, and leaves no second place behind.
    slow.resume();
    crowd.enter('last');
    slow.leave();
    deepEqual(await crowd.begun(), ['slow', 'next']);
  });

  it('leaves the place of one whose client reads from time to time', async () => {
    const crowd = new Crowd(1, 2);
    const steady = crowd.enter('steady');
    crowd.enter('next');
    for (let i = 0; i < 10; i++) {
      steady.stall();
      crowd.clock.pass(0.7);
      steady.resume();
    }
    deepEqual(await crowd.begun(), ['steady']);
  });

  it('cuts off the slowest client where there is no room, once it has not read for ten seconds', async () => {
    const crowd = new Crowd(2, 0);
    const [slow, slower] = [crowd.enter('slow'), crowd.enter('slower')];
    slower.stall();
    crowd.clock.pass(5);
    slow.stall();
    crowd.clock.pass(4.9);
    equal(crowd.tryToEnter('a'), undefined);
    crowd.clock.pass(0.2);
    crowd.enter('b');
    deepEqual(crowd.cuts, ['slower']);
    deepEqual(await crowd.begun(), ['slow', 'slower', 'b']);
    equal(crowd.tryToEnter('c'), undefined);
    deepEqual(crowd.cuts, ['slower']);
  });

  it('never cuts off one that works or waits for its turn', () => {
    const crowd = new Crowd(1, 1);
    crowd.enter('works');
    crowd.enter('waits');
    crowd.clock.pass(1000);
    equal(crowd.tryToEnter('a'), undefined);
    deepEqual(crowd.cuts, []);
  });

  it('has no timer while nobody waits', () => {
    const crowd = new Crowd(1, 2);
    const a = crowd.enter('a');
    equal(crowd.clock.waiting, 0);
    const b = crowd.enter('b');
    equal(crowd.clock.waiting, 1);
    a.leave();
    b.leave();
    crowd.clock.pass(1);
    equal(crowd.clock.waiting, 0);
  });

  it('lets everybody begin who stays, whatever the others do', async () => {
    const step = fc.tuple(fc.constantFrom('enter', 'leave', 'stall', 'resume', 'pass'), fc.nat(9));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const crowd = new Crowd(2, 3);
        const open: { name: string; scrape: QueuedScrape; isStalled: boolean }[] = [];
        for (const [index, [what, which]] of steps.entries()) {
          const one = open[which % Math.max(open.length, 1)];
          if (what === 'pass') crowd.clock.pass(which);
          else if (what === 'enter') {
            const scrape = crowd.tryToEnter(`s${index}`);
            if (scrape) open.push({ name: `s${index}`, scrape, isStalled: false });
          } else if (one !== undefined) {
            one.scrape[what as 'leave' | 'stall' | 'resume']();
            if (what === 'leave') open.splice(open.indexOf(one), 1);
          }
          const begun = await crowd.begun();
          const cut = open.findIndex(({ name }) => crowd.cuts.includes(name));
          if (cut !== -1) open.splice(cut, 1);
          ok(open.length <= 5);
          ok(open.filter(({ name }) => begun.includes(name)).length >= Math.min(open.length, 2));
        }
        for (let name = open.shift(); name; name = open.shift()) {
          ok((await crowd.begun()).includes(name.name), `${name.name} never began`);
          name.scrape.leave();
        }
      }),
      { numRuns: 300 },
    );
  });
});
