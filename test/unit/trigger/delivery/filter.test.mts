import { describe, expect, it, vi } from 'vitest';

import { RESPONSE_DEADLINE_MS } from '../../../../nodes/CxoneExpert/trigger/delivery/deadline.ts';
import { filterDelivery } from '../../../../nodes/CxoneExpert/trigger/delivery/filter.ts';
import { parseDelivery } from '../../../../nodes/CxoneExpert/trigger/event/parse.ts';
import { contextOf, nodeState } from '../../../support/unit/delivery-context.mts';

const read = (xml: string) => parseDelivery(Buffer.from(xml), 'text/xml');

describe('filterDelivery', () => {
	const SITE = 'https://help.example.com';
	const credential = { siteUrl: SITE, longTermToken: 'the.j.wt' };
	const excluding = { filters: { pathPrefixes: [], languages: [], excludeUsers: ['bot'] } };
	const byId = (id: string) => `<event><request><user id="${id}"/></request></event>`;

	/** What is left of a delivery at a site where the user "bot" has the id 6. */
	async function filtered(xml: string, site = async () => '<user id="6"/>') {
		const asked: string[] = [];
		const node = nodeState({
			site: async (path) => {
				asked.push(path);
				return await site();
			},
		});
		const context = contextOf(node, { parameters: excluding });
		return { message: await filterDelivery(read(xml), credential, context), asked };
	}

	it.each([
		['names its user by id', byId('5'), 1],
		['is about a user with an id', '<event type="user:update"><user id="5"/></event>', 1],
		['names its user by name only', '<event><user name="ann"/></event>', 0],
		['names no user', '<event/>', 0],
		['cannot be read', 'not XML', 0],
	])(
		'filterDelivery asks who its users are only where it matters: it %s',
		async (_case, xml, calls) => {
			const { message, asked } = await filtered(xml);
			expect(message).toEqual(read(xml));
			expect(asked).toHaveLength(calls);
		},
	);

	it('filterDelivery drops an event of an excluded user that names the id only', async () => {
		expect((await filtered(byId('6'))).message).toBeUndefined();
	});

	it('filterDelivery does not ask about an event that is not wanted anyway', async () => {
		const { asked } = await filtered('<event><user id="6" name="bot"/></event>');
		expect(asked).toEqual([]);
	});

	it('filterDelivery is late when the site has not responded by the deadline', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
		const late = filtered(byId('6'), async () => await new Promise(() => {}));
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		vi.useRealTimers();
		expect((await late).message).toBe('late');
	});
});
