import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasImapServer } from '../support/e2e/imap-server.mts';
import { NeighbourScene, type NeighbourName } from '../support/e2e/neighbour-scene.mts';
import { lacks } from '../support/programs.mts';

/** What is in a table of all places is run by hand. */
const place = { postgres: process.env.POSTGRES === 'true', queue: process.env.QUEUE === 'true' };
const ends = (process.env.ENDS ?? 'stop kill').split(' ').map((each) => each.split('+')) as Array<Array<'stop'|'kill'>>;
const names = (process.env.NEIGHBOURS?.split(',') ?? ['RSS trigger', 'Schedule Trigger', 'IMAP trigger', 'Webhook that counts']) as NeighbourName[];

describe.skipIf(lacks({ 'dovecot-imapd': hasImapServer() }))('a workflow with another trigger', () => {
	let scene: NeighbourScene;
	beforeAll(async () => (scene = await NeighbourScene.open(names, place)));
	afterAll(async () => await scene?.close());
	for (const each of ends) {
		it(`lives ${each.join(' ')}`, async () => {
			await scene.live(...each);
			for (const name of names) {
				const o = await scene.outcome(name);
				console.log(JSON.stringify({ version: process.env.N8N_VERSION, ...place, each, name, made: o.seen.made, twice: o.twice.length, lost: o.lost.length, cutOff: o.cutOff.length, seen: o.seen, isPutBack: o.isPutBack }));
			}
			for (const name of names) expect.soft(await scene.outcome(name), name).toMatchObject({ twice: [], lost: [], isPutBack: false });
		});
	}
});
