import { type INodeProperties, NodeHelpers } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { archivedPage } from '../../../nodes/CxoneExpert/actions/archived-page/archived-page.ts';
import { file } from '../../../nodes/CxoneExpert/actions/file/file.ts';
import type { Field } from '../../../nodes/CxoneExpert/parameters/field.ts';
import { ownAddress, type Reference } from '../../../nodes/CxoneExpert/parameters/locator.ts';
import { page } from '../../../nodes/CxoneExpert/actions/page-field.ts';
import { user } from '../../../nodes/CxoneExpert/actions/user/user.ts';
import { webhook, webhookName } from '../../../nodes/CxoneExpert/actions/webhook/fields.ts';

const GUID = '6d5d030f38d747828a485713c3cf1154';
const PAGE_URL = 'https://help.example.com/Guides/Setup';
const EXPRESSION = '={{ $json.page.id }}';

type Entered = [thing: string, mode: string, value: unknown, field: { property: INodeProperties }];

/** What n8n says in the editor about an entered value. */
function issuesOf(property: INodeProperties, mode: string, value: unknown): string[] {
	const entered = { [property.name]: { __rl: true, mode, value } };
	const node = { typeVersion: 1 } as never;
	const found = NodeHelpers.getParameterIssues(property, entered as never, '', node, null);
	return found.parameters?.[property.name] ?? [];
}

it.each<Entered>([
	...['42', 42, ' 42 ', 'home', 'Home', GUID, `:${GUID}`, GUID.toUpperCase(), EXPRESSION].map(
		(value): Entered => ['page', 'id', value, page],
	),
	['page', 'path', 'Guides/Setup', page],
	['page', 'url', PAGE_URL, page],
	['page', 'url', 'HTTP://127.0.0.1:8080/', page],
	...['3', 'current', `:${GUID}`, EXPRESSION].map((value): Entered => ['user', 'id', value, user]),
	['file', 'id', '88', file],
	['file', 'url', 'https://help.example.com/@api/deki/files/88/a%20b.pdf', file],
	['webhook', 'url', 'https://n8n.example.com/webhook/x', webhook],
])('the field of %s takes by %s: %s', (_thing, mode, value, { property }) => {
	expect(issuesOf(property, mode, value)).toEqual([]);
});

it.each<[...Entered, said: RegExp]>([
	['page', 'id', 'Guides/Setup', page, /number, such as 42, or "home".*"By Path"/],
	['page', 'id', PAGE_URL, page, /"By URL"/],
	['page', 'url', 'Guides/Setup', page, /https:\/\//],
	['user', 'id', 'jdoe', user, /number, such as 42, or "current".*"By Name"/],
	['archived page', 'id', 'home', archivedPage, /number/],
	['webhook', 'id', 'https://n8n.example.com/webhook/x', webhook, /number/],
	['file', 'url', PAGE_URL, file, /@api\/deki\/files/],
])('the field of %s refuses by %s in the editor: %s', (_thing, mode, value, { property }, said) => {
	expect(issuesOf(property, mode, value)).toEqual([expect.stringMatching(said)]);
});

it.each([
	['a host that ends alike', 'https://nothelp.example.com/A', 'nothelp.example.com'],
	[
		'no more of an address than its host: the rest may hold a secret',
		'https://me:secret@other.example.com/A?token=x',
		'other.example.com',
	],
])('ownAddress names %s, and says what to enter instead', (_case, address, host) => {
	expect(() => ownAddress(address, 'https://help.example.com', 'page')).toThrow(
		expect.objectContaining({
			message: `This address belongs to another site: ${host}`,
			description: 'Enter the address of a page of the site in the credential, https://help.example.com.',
		}),
	);
});

const SITE = 'https://site.example';
/** What a field reads, or the message with which it refuses. */
const valueOf = ({ read }: Field<unknown>, entered: unknown): unknown => {
	try {
		return read(entered, { origin: SITE, timezone: 'UTC' });
	} catch (problem) {
		return (problem as Error).message;
	}
};

it.each([
	['the file of an event', { id: '1', name: 'a' }, '1'],
	['a file item, which has a page', { id: '1', page: { id: '9' } }, '1'],
	['an address', { mode: 'url', value: `${SITE}/@api/deki/files/1/a.pdf?x=2` }, '1'],
	['an address in ID mode', { mode: 'id', value: 'HTTPS://SITE.example/@api/deki/files/1' }, '1'],
	['the item of another thing', { page: { id: '9' } }, 'No file is named'],
	[
		'an address elsewhere',
		{ mode: 'url', value: 'https://other.example/@api/deki/files/1/a.pdf' },
		'This address belongs to another site: other.example',
	],
	['another address', `${SITE}/A`, `"${SITE}/A" is not the ID of a file`],
	['another path', '1/../../webhooks', '"1/../../webhooks" is not the ID of a file'],
])('the field of a file, given %s, reads %j as %j', (_case, entered, value) => {
	expect(valueOf(file, entered)).toBe(value);
});

it.each([
	['current', { mode: 'id', value: 'Current' }, 'current'],
	['a guid', { mode: 'id', value: GUID }, `:${GUID}`],
	['a whole item', { mode: 'id', value: { user: { id: '6' } } }, '6'],
	['a name', { mode: 'name', value: 'j.doe@x.de' }, '=j.doe%2540x.de'],
	['an odd name', { mode: 'name', value: 'Jö & A/b' }, '=J%25C3%25B6%2520%2526%2520A%252Fb'],
	['the item of another thing', { page: { id: '1' } }, 'No user is named'],
	['a name as an ID', 'jdoe', 'The entered value is not the ID of a user'],
])('the field of a user, given %s, reads %j as %j', (_case, entered, value) => {
	const read = valueOf(user, entered);
	expect(typeof read === 'string' ? read : (read as Reference).key).toBe(value);
});

const byMode = (mode: string, value: unknown) => ({ __rl: true, mode, value });

it.each([
	[undefined, 'No webhook is named'],
	[byMode('id', { url: 'x' }), 'No webhook is named'],
	[byMode('id', 'seven'), '"seven" is not the ID of a webhook'],
	[byMode('id', '1/events'), '"1/events" is not the ID of a webhook'],
	[byMode('url', '7'), '"7" is not a web address'],
])('the field of a webhook refuses %j', (entered, message) => {
	expect(valueOf(webhook, entered)).toBe(message);
});

it.each([
	['https://automation.example.com/a/long/way/to/one/hook?x=1', '#3, off: …/a/long/way/to/one/hook?…'],
	['', '#3, off'],
])('the list of webhooks shows %s by state and by what is its own', (url, name) => {
	expect(webhookName({ id: '3', url, active: false })).toBe(name);
});
