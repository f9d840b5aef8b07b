import { type INodeProperties, NodeHelpers } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { archivedPage } from '../../../../nodes/CxoneExpert/actions/archived-page/fields.ts';
import { file } from '../../../../nodes/CxoneExpert/actions/file/fields.ts';
import { page } from '../../../../nodes/CxoneExpert/actions/input/shared-fields.ts';
import { user } from '../../../../nodes/CxoneExpert/actions/user/fields.ts';
import { webhook } from '../../../../nodes/CxoneExpert/actions/webhook/fields.ts';

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
