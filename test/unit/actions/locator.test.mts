import { type INodeProperties, NodeHelpers } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { archivedPage } from '../../../nodes/CxoneExpert/actions/archived-page/get.operation.ts';
import { file } from '../../../nodes/CxoneExpert/actions/file/file.ts';
import { refuseOtherSite } from '../../../nodes/CxoneExpert/actions/locator.ts';
import { page } from '../../../nodes/CxoneExpert/actions/page-field.ts';
import { user } from '../../../nodes/CxoneExpert/actions/user/get.operation.ts';
import { webhook } from '../../../nodes/CxoneExpert/actions/webhook/fields.ts';

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
	['page', 'path', 'https://is.a/path', page],
	['page', 'url', PAGE_URL, page],
	['page', 'url', 'HTTP://127.0.0.1:8080/', page],
	['page', 'url', EXPRESSION, page],
	['page', 'list', 'home', page],
	...['3', 'current', `:${GUID}`, EXPRESSION].map((value): Entered => ['user', 'id', value, user]),
	['user', 'name', 'jdoe@example.com', user],
	['archived page', 'id', '6', archivedPage],
	['webhook', 'id', '3', webhook],
	['file', 'id', '88', file],
	['file', 'url', 'https://help.example.com/@api/deki/files/88/a%20b.pdf', file],
	['webhook', 'url', 'https://n8n.example.com/webhook/x', webhook],
])('the field of %s takes by %s: %s', (_thing, mode, value, { property }) => {
	expect(issuesOf(property, mode, value)).toEqual([]);
});

it.each<[...Entered, said: RegExp]>([
	['page', 'id', 'Guides/Setup', page, /number, such as 42, or "home".*"By Path"/],
	['page', 'id', PAGE_URL, page, /"By URL"/],
	['page', 'id', '1.5', page, /number/],
	['page', 'url', 'Guides/Setup', page, /https:\/\//],
	['page', 'url', 'ftp://help.example.com/x', page, /https:\/\//],
	['user', 'id', 'jdoe', user, /number, such as 42, or "current".*"By Name"/],
	['archived page', 'id', 'home', archivedPage, /number/],
	['webhook', 'id', 'https://n8n.example.com/webhook/x', webhook, /number/],
	['file', 'id', 'manual.pdf', file, /number/],
	['file', 'url', PAGE_URL, file, /@api\/deki\/files/],
	['webhook', 'url', '3', webhook, /https:\/\//],
])('the field of %s refuses by %s in the editor: %s', (_thing, mode, value, { property }, said) => {
	expect(issuesOf(property, mode, value)).toEqual([expect.stringMatching(said)]);
});

const refusal = (address: string, origin?: string) => () =>
	refuseOtherSite(new URL(address), origin, (own) => `Enter an address of ${own}.`);

it.each([
	['an address of the site', 'https://help.example.com/A', 'https://help.example.com'],
	['an address of the site with http', 'http://help.example.com/A', 'https://help.example.com'],
	['a host in capitals', 'https://HELP.Example.com/A', 'https://help.example.com'],
	['a port that is usual', 'https://help.example.com:443/A', 'https://help.example.com'],
	['an address of a site with a port', 'http://localhost:8443/A', 'http://localhost:8443'],
	['any address when the site is unknown', 'https://other.example.com/A', undefined],
])('refuseOtherSite accepts %s', (_case, address, origin) => {
	expect(refusal(address, origin)).not.toThrow();
});

it.each([
	['another host', 'https://other.example.com/A', 'other.example.com'],
	['a host that ends alike', 'https://nothelp.example.com/A', 'nothelp.example.com'],
	['another port', 'https://help.example.com:8443/A', 'help.example.com:8443'],
	[
		'no more of an address than its host: the rest may hold a secret',
		'https://me:secret@other.example.com/A?token=x',
		'other.example.com',
	],
])('refuseOtherSite names %s, and says what to enter instead', (_case, address, host) => {
	expect(refusal(address, 'https://help.example.com')).toThrow(
		expect.objectContaining({
			message: `This address belongs to another site: ${host}`,
			description: 'Enter an address of https://help.example.com.',
		}),
	);
});
