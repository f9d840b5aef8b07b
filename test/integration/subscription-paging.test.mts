import { describe, expect, it } from 'vitest';
import { byPath, outputOf } from '../support/integration/action-node.mts';
import { register } from '../support/integration/foreign.mts';
import { openScene, openSite, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectUpToDate } from '../support/integration/hooks.mts';

useScenes();

const OTHERS = 60;

async function amongOthers(site: object, others = OTHERS): Promise<Scene> {
	const scene = await openScene({ site });
	for (let number = 1; number <= others; number++) {
		register(scene.site, `http://127.0.0.1:1/${number}`);
	}
	return scene;
}

const ours = ({ site, host }: Scene) =>
	site.webhooks().filter(({ url }) => url === host.webhookUrl);

describe('a site that gives 20 entries at a time', () => {
	it('one webhook exists after two publishes, and none after an unpublish, with 20 entries a page', async () => {
		const scene = await amongOthers({ maxPageSize: 20 });
		await scene.host.production.publish();
		await scene.host.production.publish();
		expect(ours(scene)).toHaveLength(1);
		await expectUpToDate(scene);
		await scene.host.production.unpublish();
		expect(ours(scene)).toEqual([]);
		expect(scene.site.webhooks()).toHaveLength(OTHERS);
	});

	it('lists contain all webhooks, users and pages with 20 entries a page', async () => {
		const { site } = await amongOthers({ maxPageSize: 20 });
		for (let number = 1; number <= 50; number++) site.site.createPage(`Word_${number}`);
		for (let number = 1; number <= 30; number++) site.site.createUser(`user${number}`);
		for (let edit = 1; edit <= 30; edit++) site.site.editPage('Word_1');
		const page = byPath('Word_1');
		const home = { ...page, value: '' };
		const all = async (parameters: object) =>
			await outputOf(site, { parameters: { ...parameters, returnAll: true } });
		expect(await all({ resource: 'webhook', operation: 'getMany' })).toHaveLength(OTHERS);
		const users = await all({ resource: 'user', operation: 'getMany' });
		expect(users).toHaveLength(site.site.users.all.length);
		const subpages = await all({ resource: 'page', operation: 'getSubpages', page: home });
		expect(subpages).toHaveLength(50);
		expect(await all({ resource: 'page', operation: 'getRevisions', page })).toHaveLength(31);
		const found = await all({ resource: 'page', operation: 'getMany', query: 'word' });
		expect(found).toHaveLength(50);
	});
});

describe('a site that ignores offset', () => {
	it.each([60, 250])(
		'one webhook exists among %i others after two publishes when the site ignores offset',
		async (others) => {
			const scene = await amongOthers({ ignoresOffset: true }, others);
			await scene.host.production.publish();
			await scene.host.production.publish();
			expect(ours(scene)).toHaveLength(1);
			await scene.host.production.unpublish();
			expect(ours(scene)).toEqual([]);
		},
	);

	it('a failed publish names its webhook when the site does not list it', async () => {
		const scene = await amongOthers({ ignoresOffset: true, maxPageSize: 20 });
		scene.site.faults.add({ match: { method: 'PUT' }, effect: { status: 500 } });
		await expect(scene.host.production.create()).rejects.toThrow(
			`Remove it in the Expert Dashboard: ${scene.host.webhookUrl}.`,
		);
		expect(ours(scene)).toHaveLength(1);
	});

	it('lists contain each entry once when the site ignores offset', async () => {
		const site = await openSite({ ignoresOffset: true });
		for (let number = 1; number <= 120; number++) site.site.createPage(`Word_${number}`);
		const parameters = { resource: 'page', operation: 'getMany', query: 'word', returnAll: true };
		const items = await outputOf(site, { parameters });
		expect(items).toHaveLength(120);
		expect(new Set(items.map(({ id }) => id)).size).toBe(120);
	});
});
