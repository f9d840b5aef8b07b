import { describe, expect, it } from 'vitest';

import { causingUser, eventUser } from '../../../nodes/CxoneExpert/event/event-user.ts';
import { rootOf } from '../../support/unit/samples.mts';

describe('eventUser', () => {
	it.each([
		['of the event', '<user id="6"><username>ann</username></user>', { id: '6', name: 'ann' }],
		['named by nick', '<user id="6"><nick>ann</nick></user>', { id: '6', name: 'ann' }],
		['named by attributes', '<user id="6" username="ann"/>', { id: '6', name: 'ann' }],
		[
			'with its id as an element',
			'<user><id>6</id><name>ann</name></user>',
			{ id: '6', name: 'ann' },
		],
		['of the request', '<request><user id="7"/></request>', { id: '7' }],
		[
			'of the event before that of the request',
			'<request><user id="7"/></request><user id="6"/>',
			{ id: '6' },
		],
		['nowhere', '<page id="1"/>', undefined],
		['of a grant, who is none of both', '<grant><user id="9"/></grant>', undefined],
		[
			'of the request when that of the event is empty',
			'<request><user id="7"/></request><user/>',
			{ id: '7' },
		],
		['who is neither named nor numbered', '<user anonymous="false"/>', undefined],
	])('the user of an event: %s', (_case, xml, expected) => {
		expect(eventUser(rootOf(`<event>${xml}</event>`))).toStrictEqual(expected);
	});
});

describe('causingUser', () => {
	const caller = '<request><user id="7"/></request>';
	it.each([
		['made the call', 'page_create', caller, { id: '7' }],
		[
			'made the call, before the user whom the event names',
			'page_create',
			`${caller}<user id="6"/>`,
			{ id: '7' },
		],
		['is named by the event alone', 'page_create', '<user id="6"/>', { id: '6' }],
		[
			'is named by the event beside a caller who is not',
			'page_create',
			'<request><user/></request><user id="6"/>',
			{ id: '6' },
		],
		['made the call that changed a user', 'user_update', `${caller}<user id="6"/>`, { id: '7' }],
		['is not the user who was changed', 'user_update', '<user id="6"/>', undefined],
		['is not named', 'page_create', '<page id="1"/>', undefined],
	])('the user who has caused an event: %s', (_case, type, xml, expected) => {
		expect(causingUser({ type, xml: rootOf(`<event>${xml}</event>`) })).toStrictEqual(expected);
	});
});
